-- Requests for wrk: one target with a date of its own each, as `wrk … -- FIRST LAST TARGET [NAME:VALUE …]`; a `DATE` in
-- the target is where the date goes. They are made before the clock starts, so that making them costs the load nothing.

local KINDS = 262144
local requests, nth = {}, 0

function init(arguments)
  local first, last, target = tonumber(arguments[1]), tonumber(arguments[2]), arguments[3]
  for at = 4, #arguments do
    local name, value = arguments[at]:match("^([^:]+):(.*)$")
    wrk.headers[name] = value
  end
  if not target:find("DATE", 1, true) then
    requests[1] = wrk.format("GET", target)
    return
  end
  math.randomseed(1)
  for at = 1, KINDS do
    local date = string.format(
      "%04d-%02d-%02dT%02d:%02d:%02dZ", math.random(first, last), math.random(12), math.random(28),
      math.random(0, 23), math.random(0, 59), math.random(0, 59)
    )
    requests[at] = wrk.format("GET", (target:gsub("DATE", date)))
  end
end

function request()
  nth = nth % #requests + 1
  return requests[nth]
end

-- One line for the bench to read.
function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    "LOAD requests=%d micros=%d connect=%d read=%d write=%d timeout=%d status=%d p50=%d p99=%d",
    summary.requests, summary.duration, errors.connect, errors.read, errors.write, errors.timeout, errors.status,
    latency:percentile(50), latency:percentile(99)
  ))
end
