using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Coinsphere.Messaging.Integration.Tests.Lifecycle;

/// <summary>A worker or a gateway as a process of its own, as operators run it, to be killed, paused and stopped.</summary>
public sealed partial class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _url = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServiceProcess(string name, IEnumerable<(string Key, string Value)> settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, $"Coinsphere.Messaging.{name}.dll")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in settings)
        {
            start.Environment[key] = value;
        }

        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) =>
        {
            // Its last lines too.
            _process.WaitForExit();
            var ended = new InvalidOperationException($"the {name} ended with {_process.ExitCode}:\n{Output}");
            _url.TrySetException(ended);
            _started.TrySetException(ended);
        };
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it has written so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public int Id => _process.Id;

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
            ("MODEL_CHECKPOINT_DIR", Path.Combine(TestServers.Root, "models", "checkpoints")),
            ("Prices__AllowSynthetic", "true"),
            ("Health__File", health),
            ("Health__Seconds", "1"),
            .. settings,
        ])
        { HealthFile = health };
        await worker._started.Task.WaitAsync(StartLimit);
        // It writes the file while its bus has a broker and every endpoint listens.
        await Until.True(() => File.Exists(health) || worker._process.HasExited, $"the worker is healthy, so far:\n{worker.Output}");
        return worker;
    }

    /// <summary>A gateway on a free port, which may not be ready yet.</summary>
    public static async Task<(ServiceProcess Process, HttpClient Http)> StartGatewayAsync(string brokerUrl, params (string Key, string Value)[] settings)
    {
        var gateway = new ServiceProcess("Gateway", [("RABBITMQ_URL", brokerUrl), ("ASPNETCORE_URLS", "http://127.0.0.1:0"), .. settings]);
        var url = await gateway._url.Task.WaitAsync(StartLimit);
        return (gateway, new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromMinutes(2) });
    }

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>It keeps its connections and does nothing.</summary>
    public void Pause() => Signals.Send(Id, Signals.Stop);

    public void Resume() => Signals.Send(Id, Signals.Continue);

    /// <summary>Asks it to end, and returns its exit code and how long it took.</summary>
    public async Task<(int ExitCode, TimeSpan Took)> TerminateAsync()
    {
        var asked = Stopwatch.GetTimestamp();
        Signals.Send(Id, Signals.Terminate);
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (_process.ExitCode, Stopwatch.GetElapsedTime(asked));
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
        if (HealthFile.Length > 0)
        {
            File.Delete(HealthFile);
        }
    }

    private void Read(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }

        if (line is null)
        {
            return;
        }

        if (Listening().Match(line) is { Success: true } match)
        {
            _url.TrySetResult(new Uri(match.Groups[1].Value));
        }

        if (line.Contains("Application started", StringComparison.Ordinal))
        {
            _started.TrySetResult();
        }
    }

    [GeneratedRegex(@"Now listening on: (\S+)")]
    private static partial Regex Listening();

    [GeneratedRegex(@"Answered (\S+) in ")]
    private static partial Regex AnsweredLine();
}
