using System.Diagnostics;
using System.Globalization;

namespace Coinsphere.Messaging.Tests;

/// <summary>A RabbitMQ of a test's own, set up by <c>rabbitmq/</c>, to be killed, paused and started again on the same port and data.</summary>
public sealed class RabbitMqServer : IAsyncDisposable
{
    private const string Bin = "/usr/lib/rabbitmq/bin";
    private const string Vhost = "coinsphere";

    /// <summary>For test machines that are busy.</summary>
    public static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rabbitmq-");
    private readonly Dictionary<string, string> _environment;
    private Process? _script;

    private RabbitMqServer()
    {
        _environment = new()
        {
            ["HOME"] = _folder.FullName,
            ["ERL_EPMD_PORT"] = Text(Ports.Free()),
            ["RABBITMQ_NODENAME"] = $"life{Port}@localhost",
            ["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1",
            ["RABBITMQ_NODE_PORT"] = Text(Port),
            ["RABBITMQ_DIST_PORT"] = Text(Ports.Free()),
            ["RABBITMQ_MNESIA_BASE"] = Path("data"),
            ["RABBITMQ_LOG_BASE"] = Path("log"),
            ["RABBITMQ_CONFIG_FILE"] = Path("rabbitmq"),
            ["RABBITMQ_ENABLED_PLUGINS_FILE"] = Path("plugins"),
            ["RABBITMQ_PID_FILE"] = Path("pid"),
        };
    }

    public int Port { get; } = Ports.Free();

    /// <summary>Its file of that name.</summary>
    public string File(string name) => Path(name);

    /// <param name="more">Further settings.</param>
    public static async Task<RabbitMqServer> StartNewAsync(Func<RabbitMqServer, string>? more = null)
    {
        var server = new RabbitMqServer();
        var source = System.IO.Path.Combine(Repository.Root, "rabbitmq");
        var settings = await System.IO.File.ReadAllTextAsync(System.IO.Path.Combine(source, "rabbitmq.conf"));
        await System.IO.File.WriteAllTextAsync(
            server.Path("rabbitmq.conf"), $"{settings}\nload_definitions = {System.IO.Path.Combine(source, "definitions.json")}\n{more?.Invoke(server)}\n");
        await System.IO.File.WriteAllTextAsync(server.Path("plugins"), "[].");
        try
        {
            await server.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>The URL of a user of the definitions, with its documented development password or another.</summary>
    public string Url(string user, string? password = null) => $"amqp://{user}:{password ?? $"{user}-development"}@127.0.0.1:{Port}/{Vhost}";

    /// <summary>Starts it, and returns when it takes connections.</summary>
    public async Task StartAsync()
    {
        System.IO.File.Delete(Path("pid"));
        var start = new ProcessStartInfo($"{Bin}/rabbitmq-server")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true
        };
        foreach (var (key, value) in _environment)
        {
            start.Environment[key] = value;
        }

        _script = Process.Start(start)!;
        _script.BeginOutputReadLine();
        _script.BeginErrorReadLine();
        await Until.True(() => Ports.IsListening(Port), "the broker listens", StartLimit);
        await ControlAsync("await_startup");
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        Signals.Send(Pid(), Signals.Kill);
        await _script!.WaitForExitAsync();
    }

    /// <summary>Puts on the disk what was declared so far: a broker that is killed forgets queues and bindings of its last seconds, confirmed or not.</summary>
    public Task FlushAsync() => ControlAsync("eval", "ok = mnesia:sync_log().");

    /// <summary>It keeps its connections and does nothing.</summary>
    public void Pause() => Signals.Send(Pid(), Signals.Stop);

    public void Resume() => Signals.Send(Pid(), Signals.Continue);

    /// <summary>Runs <c>rabbitmqctl</c> and returns what it printed.</summary>
    public async Task<string> ControlAsync(params string[] arguments)
    {
        var result = await CommandLine.RunAsync(
            "/usr/bin/env",
            [.. _environment.Select(pair => $"{pair.Key}={pair.Value}"), $"{Bin}/rabbitmqctl", "-q", .. arguments]);
        return result.Code == 0
            ? result.Output
            : throw new InvalidOperationException($"rabbitmqctl {string.Join(' ', arguments)} ended with {result.Code}: {result.Errors}{result.Output}");
    }

    /// <summary>How many messages a queue holds, fetched ones too.</summary>
    public async Task<int> MessagesAsync(string queue)
    {
        var lines = await ControlAsync("list_queues", "-p", Vhost, "name", "messages", "--no-table-headers");
        return lines.Split('\n').Select(line => line.Split('\t')).Where(cells => cells[0] == queue)
            .Select(cells => int.Parse(cells[1], CultureInfo.InvariantCulture))
            .Single();
    }

    public async ValueTask DisposeAsync()
    {
        if (_script is { HasExited: false })
        {
            await KillAsync();
        }

        _script?.Dispose();
        await CommandLine.RunAsync("/usr/bin/env", [$"ERL_EPMD_PORT={_environment["ERL_EPMD_PORT"]}", "epmd", "-kill"]);
        _folder.Delete(recursive: true);
    }

    private int Pid() => int.Parse(System.IO.File.ReadAllText(Path("pid")), CultureInfo.InvariantCulture);

    private string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
