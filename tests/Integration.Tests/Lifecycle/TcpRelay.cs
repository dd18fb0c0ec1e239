using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Coinsphere.Messaging.Integration.Tests.Lifecycle;

/// <summary>A way to a server of this machine that can be cut: connections then stay open and carry nothing, as behind a dead router.</summary>
internal sealed class TcpRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _cut = new();
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private readonly int _target;
    private readonly Task _accepting;

    public TcpRelay(int target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Cut() => _cut.Cancel();

    public async ValueTask DisposeAsync()
    {
        await _cut.CancelAsync();
        _listener.Stop();
        await _accepting;
        foreach (var client in _clients)
        {
            client.Dispose();
        }

        _listener.Dispose();
        _cut.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                _clients.Add(client);
                // Once cut, new connections are taken and lead nowhere.
                if (_cut.IsCancellationRequested)
                {
                    continue;
                }

                var server = new TcpClient();
                _clients.Add(server);
                await server.ConnectAsync(IPAddress.Loopback, _target);
                _ = PumpAsync(client.GetStream(), server.GetStream());
                _ = PumpAsync(server.GetStream(), client.GetStream());
            }
        }
        catch (Exception end) when (end is SocketException or ObjectDisposedException)
        {
            // The listener was stopped.
        }
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to)
    {
        try
        {
            await from.CopyToAsync(to, _cut.Token);
            to.Close();
        }
        catch (Exception end) when (end is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // Cut, or an end that went.
        }
    }
}
