using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Coinsphere.Messaging.Tests;

/// <summary>A worker or a gateway as a process of its own, as operators run it, to be killed, paused and stopped.</summary>
public sealed partial class ServiceProcess : IAsyncDisposable
{
    private readonly RunningProgram _program;

    private ServiceProcess(string name, IEnumerable<(string Key, string Value)> settings) =>
        _program = RunningProgram.Start(name, environment: settings.Select(setting => (setting.Key, (string?)setting.Value)));

    /// <summary>What it has written so far.</summary>
    public string Output => _program.Output;

    public int Id => _program.Id;

    /// <summary>The file that a worker writes while it can answer.</summary>
    public string HealthFile { get; private init; } = "";

    /// <summary>A setting that makes a worker log each computed answer.</summary>
    public static (string, string) LogAnswers { get; } = ("Logging__LogLevel__Coinsphere.Messaging.Worker.Consumers.AnswerPipeline", "Debug");

    /// <summary>The questions that a worker with <see cref="LogAnswers"/> has answered, in order.</summary>
    public IReadOnlyList<string> Answered() => [.. AnsweredLine().Matches(Output).Select(match => match.Groups[1].Value)];

    /// <summary>A worker on synthetic prices, consuming when this returns.</summary>
    public static async Task<ServiceProcess> StartWorkerAsync(string brokerUrl, params (string Key, string Value)[] settings)
    {
        var health = Path.GetTempFileName();
        File.Delete(health);
        var worker = new ServiceProcess("Worker",
        [
            ("RABBITMQ_URL", brokerUrl),
            ("MODEL_CHECKPOINT_DIR", Repository.Checkpoints),
            ("Prices__AllowSynthetic", "true"),
            ("Schedule__Every", "0"),
            ("Health__File", health),
            ("Health__Seconds", "1"),
            .. settings,
        ])
        { HealthFile = health };
        await worker._program.StartedAsync();
        // It writes the file while its bus has a broker and every endpoint listens.
        await Until.True(() => File.Exists(health) || worker._program.HasExited, $"the worker is healthy, so far:\n{worker.Output}");
        return worker;
    }

    /// <summary>A gateway on a free port, which may not be ready yet.</summary>
    public static async Task<(ServiceProcess Process, HttpClient Http)> StartGatewayAsync(string brokerUrl, params (string Key, string Value)[] settings)
    {
        var gateway = new ServiceProcess("Gateway", [("RABBITMQ_URL", brokerUrl), ("ASPNETCORE_URLS", "http://127.0.0.1:0"), .. settings]);
        var url = await gateway._program.ListeningAsync();
        return (gateway, new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromMinutes(2) });
    }

    /// <summary>Ends it as a power cut would.</summary>
    public Task KillAsync() => _program.KillAsync();

    /// <summary>It keeps its connections and does nothing.</summary>
    public void Pause() => _program.Send(Signals.Stop);

    public void Resume() => _program.Send(Signals.Continue);

    /// <summary>Asks it to end, and returns its exit code and how long it took.</summary>
    public async Task<(int ExitCode, TimeSpan Took)> TerminateAsync()
    {
        var asked = Stopwatch.GetTimestamp();
        _program.Send(Signals.Terminate);
        var code = await _program.ExitAsync(TimeSpan.FromMinutes(5));
        return (code, Stopwatch.GetElapsedTime(asked));
    }

    public async ValueTask DisposeAsync()
    {
        await _program.DisposeAsync();
        if (HealthFile.Length > 0)
        {
            File.Delete(HealthFile);
        }
    }

    [GeneratedRegex(@"Answered (\S+) in ")]
    private static partial Regex AnsweredLine();
}
