using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Coinsphere.Messaging.Client.Tests.Services;

/// <summary>The real service in a process of its own, on a free port.</summary>
public sealed partial class StandaloneProcess : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _url = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StandaloneProcess(Scenario scenario)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Coinsphere.Messaging.Standalone.dll"));
        start.ArgumentList.Add("--urls=http://127.0.0.1:0");
        foreach (var (key, value) in scenario.Settings)
        {
            start.ArgumentList.Add($"--{key}={value}");
        }

        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => _url.TrySetException(new InvalidOperationException($"the service ended:\n{_output}"));
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The address, once requests are answered there.</summary>
    public async Task<Uri> ReadyAsync()
    {
        var url = await _url.Task.WaitAsync(StartLimit);
        using var http = new HttpClient { BaseAddress = url };
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        using var limit = new CancellationTokenSource(StartLimit);
        while (!(await http.GetAsync("/health/ready", limit.Token)).IsSuccessStatusCode)
        {
            await again.WaitForNextTickAsync(limit.Token);
        }

        return url;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.WaitForExit();
        _process.Dispose();
    }

    private void Read(string? line)
    {
        lock (_output)
        {
            _output.AppendLine(line);
        }

        if (line is not null && Listening().Match(line) is { Success: true } match)
        {
            _url.TrySetResult(new Uri(match.Groups[1].Value));
        }
    }

    [GeneratedRegex(@"Now listening on: (\S+)")]
    private static partial Regex Listening();
}
