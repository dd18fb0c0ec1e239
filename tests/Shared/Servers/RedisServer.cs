using System.Diagnostics;
using System.Globalization;

namespace Coinsphere.Messaging.Tests;

/// <summary>A Redis of a test's own, to be stopped, killed and filled.</summary>
/// <param name="arguments">Further arguments of the server.</param>
public sealed class RedisServer(params string[] arguments) : IAsyncDisposable
{
    private readonly bool _isSentinel;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("redis-");
    private Process? _process;

    /// <summary>A Sentinel that knows the primary on a port as <c>coinsphere</c>.</summary>
    public RedisServer(int asSentinelOf) : this()
    {
        _isSentinel = true;
        WithFile("sentinel.conf", $"bind 127.0.0.1\nport {Port}\nsentinel monitor coinsphere 127.0.0.1 {asSentinelOf} 1\n");
    }

    public int Port { get; } = Ports.Free();

    public string File(string name) => Path.Join(_folder.FullName, name);

    /// <summary>A file in the server's folder, where it looks for what its arguments name.</summary>
    public RedisServer WithFile(string name, string text)
    {
        System.IO.File.WriteAllText(File(name), text);
        return this;
    }

    public async Task StartAsync()
    {
        string[] primary = ["--bind", "127.0.0.1", "--port", Port.ToString(CultureInfo.InvariantCulture), "--dir",
        _folder.FullName, "--save", "", "--appendonly", "no", .. arguments];
        _process = Process.Start(new ProcessStartInfo("redis-server", _isSentinel ? [File("sentinel.conf"), "--sentinel"] : primary)
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await Until.True(() => Ports.IsListening(Port));
    }

    /// <summary>It keeps its connections and answers nothing.</summary>
    public void Pause() => Signals.Send(_process!.Id, Signals.Stop);

    public void Resume() => Signals.Send(_process!.Id, Signals.Continue);

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        _process?.Dispose();
        _folder.Delete(recursive: true);
    }
}
