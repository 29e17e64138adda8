-- Requests for wrk of every kind at once, drawn by lot as `wrk … -- DISTINCT`: so many dates, hence so many different
-- answers of each kind, that what a server keeps of them is full after a while and stays so.

-- As many connections as there may be.
local OPEN = 128
-- Counted by each thread, for `done` to gather.
replies, refused, failed, wrong = 0, 0, 0, 0

-- Out of a hundred, and what answers it.
local KINDS = {
  { 34, "/v1/positions?date=DATE" },
  { 3, "/v1/chart?date=DATE&lat=52.52&lon=13.4" },
  { 1, "/v1/chart?date=DATE&lat=52.52&lon=13.4&format=svg" },
  { 2, "/v1/aspects?date=DATE" },
  { 1, "/v1/houses?date=DATE&lat=52.52&lon=13.4" },
  { 1, "/v1/lots?date=DATE&lat=52.52&lon=13.4" },
  { 1, "/v1/astrocartography?date=DATE" },
  { 1, "/v1/parans?date=DATE&lat=52.52" },
  { 1, "/v1/brief?date=DATE" },
  { 8, "/v1/positions?date=DATE&center=topo&lat=52.52&lon=13.4&fields=default,altitude,magnitude" },
  { 8, "/v1/positions?date=DATE&source=live" },
  { 5, "/v1/positions?date=DATE&bodies=cupido,hades,sun" },
  { 5, "/v1/events?after=DATE&count=3&types=station&bodies=planets" },
  { 3, "/v1/events?after=DATE&count=20" },
  { 4, "/v1/moon/phases?year=YEAR&month=6" },
  { 4, "/v1/eclipses?after=DATE&count=2" },
  { 4, "/v1/rise-set?lat=59.91&lon=10.75&date=DATE&bodies=sun,moon" },
  { 3, "/v1/stars?date=DATE&stars=Spica,Aldebaran" },
  { 2, "/v1/ayanamsas?date=DATE" },
  { 2, "/" },
  { 1, "/openapi.json" },
  { 1, "/status" },
  { 2, "/v1/positions?date=DATE&bodies=plutto", true },
  { 2, "/v1/positions?date=yesterday", true },
  { 1, "/no/such/path?DATE", true },
}

local requests, nth = {}, 0

function init(arguments)
  math.randomseed(1)
  local dates = {}
  for at = 1, tonumber(arguments[1]) do
    dates[at] = string.format(
      "%04d-%02d-%02dT%02d:%02d:00Z", math.random(1801, 2398), math.random(12), math.random(28), math.random(0, 23),
      math.random(0, 59)
    )
  end
  for at = 1, 65536 do
    local lot = math.random(100)
    for _, kind in ipairs(KINDS) do
      lot = lot - kind[1]
      if lot <= 0 then
        local date = dates[math.random(#dates)]
        local target = kind[2]:gsub("DATE", date):gsub("YEAR", date:sub(1, 4))
        requests[at] = { wrk.format("GET", target), kind[3] }
        break
      end
    end
  end
end

function request()
  nth = nth % #requests + 1
  if requests[nth][2] then wrong = wrong + 1 end
  return requests[nth][1]
end

function response(status)
  replies = replies + 1
  if status == 404 or status == 422 or status == 400 then
    refused = refused + 1
  elseif status ~= 200 then
    failed = failed + 1
  end
end

local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

-- One line for who runs it to read. Those that are refused are those that are wrong, but for what was on its way at the end.
function done(summary, latency)
  local counts = { replies = 0, refused = 0, failed = 0, wrong = 0 }
  for _, thread in ipairs(threads) do
    for name in pairs(counts) do
      counts[name] = counts[name] + thread:get(name)
    end
  end
  local errors = summary.errors
  local lost = errors.connect + errors.read + errors.write + errors.timeout
  local strange = math.abs(counts.wrong - counts.refused)
  if strange > OPEN then counts.failed = counts.failed + strange end
  print(string.format(
    "MIXED replies=%d failed=%d p50=%d p95=%d p99=%d", counts.replies, counts.failed + lost, latency:percentile(50),
    latency:percentile(95), latency:percentile(99)
  ))
end
