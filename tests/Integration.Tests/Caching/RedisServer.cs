using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Coinsphere.Messaging.Integration.Tests.Caching;

/// <summary>A Redis of a test's own, to be stopped, killed and filled.</summary>
public sealed partial class RedisServer : IAsyncDisposable
{
    private const int SigCont = 18;
    private const int SigStop = 19;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("redis-");
    private Process? _process;

    public int Port { get; } = FreePort();

    public async Task StartAsync()
    {
        _process = Process.Start(new ProcessStartInfo("redis-server", ["--bind", "127.0.0.1", "--port", Port.ToString(CultureInfo.InvariantCulture), "--dir", _folder.FullName, "--save", "", "--appendonly", "no"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Until.TrueAsync(IsListening);
    }

    /// <summary>It keeps its connections and answers nothing.</summary>
    public void Pause() => Signal(SigStop);

    public void Resume() => Signal(SigCont);

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
            await KillAsync();
        _process?.Dispose();
        _folder.Delete(recursive: true);
    }

    private bool IsListening()
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Signal(int signal) => Assert.Equal(0, Kill(_process!.Id, signal));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
