using System.Net;
using System.Net.Sockets;

namespace Coinsphere.Messaging.Tests;

/// <summary>Ports of this machine.</summary>
internal static class Ports
{
    // Below those that the system gives to clients, so that none of them takes one while its server is away.
    public static int Free()
    {
        while (true)
        {
            var port = Random.Shared.Next(10_000, 20_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: another one.
            }
        }
    }

    public static bool IsListening(int port)
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
