//! The sockets that workers accept on, one a slot, all at one address.

use std::io;
use std::net::SocketAddr;

use socket2::{Domain, Protocol, Socket, Type};

/// Clients that may wait to be accepted on each socket, as far as the system's own limit (`net.core.somaxconn`) allows.
const BACKLOG: i32 = 4096;

/// The address of a service, which is its own for as long as this lives.
#[derive(Debug)]
pub(crate) struct Address {
    address: SocketAddr,
    /// Bound and never listening: nobody else gets the port while no worker has a socket.
    _held: Socket,
}

impl Address {
    /// Takes an address; with port 0 a free port of it.
    ///
    /// # Errors
    /// It is not this machine's, or somebody listens there.
    pub(crate) fn take(address: SocketAddr) -> io::Result<Address> {
        if address.port() != 0 {
            // Sockets that share a port do so with any process of the same user: a second service would take half of
            // the first one's clients. One that does not share finds out.
            bind(address, false)?;
        }
        let held = bind(address, true)?;
        let address = held.local_addr()?.as_socket().unwrap_or(address);
        Ok(Address { address, _held: held })
    }

    pub(crate) fn get(&self) -> SocketAddr {
        self.address
    }

    /// A socket there, which does not listen yet. Among those that do the system spreads connections.
    ///
    /// # Errors
    /// The system refuses it.
    pub(crate) fn bind(&self) -> io::Result<Socket> {
        bind(self.address, true)
    }
}

/// Has a socket listen.
///
/// # Errors
/// The system refuses it.
pub(crate) fn listen(socket: &Socket) -> io::Result<()> {
    socket.listen(BACKLOG)
}

fn bind(address: SocketAddr, is_shared: bool) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_reuse_port(is_shared)?;
    socket.set_nonblocking(true)?;
    socket.bind(&address.into())?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn the_port_is_shared_and_nobody_elses() {
        let address = Address::take(SocketAddr::from(([127, 0, 0, 1], 0))).unwrap();
        assert_ne!(address.get().port(), 0);
        assert!(TcpStream::connect(address.get()).is_err(), "nobody listens yet");
        let sockets = [address.bind().unwrap(), address.bind().unwrap(), address.bind().unwrap()];
        listen(&sockets[1]).unwrap();
        // The system gives connections to those that listen, and to no others.
        for _ in 0..20 {
            TcpStream::connect(address.get()).unwrap();
            sockets[1].accept().unwrap();
        }
        assert_eq!(Address::take(address.get()).unwrap_err().kind(), io::ErrorKind::AddrInUse);
        drop(sockets);
        assert!(soon(|| TcpStream::connect(address.get()).is_err()));
        let again = address.get();
        drop(address);
        assert!(soon(|| Address::take(again).is_ok_and(|taken| taken.get() == again)));
    }

    /// Whether something is so before long. A program that another test starts has all sockets until it is that program.
    fn soon(is_so: impl Fn() -> bool) -> bool {
        (0..500).any(|_| {
            let so = is_so();
            if !so {
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
            so
        })
    }
}
