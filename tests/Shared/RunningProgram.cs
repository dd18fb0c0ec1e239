using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Coinsphere.Messaging.Tests;

/// <summary>A program of this project as a process of its own, as operators run it, and what it has written to both its streams.</summary>
internal sealed partial class RunningProgram : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly string _name;
    private readonly Process _process;
    private readonly Lock _lock = new();
    private readonly StringBuilder _output = new();
    private readonly List<(string Text, TaskCompletionSource Written)> _awaited = [];
    private readonly TaskCompletionSource<int> _exit = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _isDisposed;

    private RunningProgram(string name, ProcessStartInfo start)
    {
        _name = name;
        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.Exited += (_, _) => End();
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it has written so far.</summary>
    public string Output
    {
        get
        {
            lock (_lock)
            {
                return _output.ToString();
            }
        }
    }

    public int Id => _process.Id;

    public bool HasExited => _process.HasExited;

    /// <param name="name">Its project.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="folder">Where it runs.</param>
    /// <param name="environment">Variables set for it; those without a value are removed.</param>
    public static RunningProgram Start(
        string name,
        IEnumerable<string>? arguments = null,
        string? folder = null,
        IEnumerable<(string Key, string? Value)>? environment = null) =>
        // A shell's background job ignores interrupts, and so would all that it starts.
        new(name, CommandLine.StartOf(
            "env",
            ["--default-signal=INT", "dotnet", CommandLine.PathOf(name), .. arguments ?? []],
            folder,
            [CommandLine.NoRecords, .. environment ?? []]));

    /// <summary>Waits until it has written a text, and fails when it ends without that.</summary>
    public async Task WroteAsync(string text)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            if (Contains(text))
            {
                return;
            }

            if (_exit.Task.IsCompleted)
            {
                throw Ended(text);
            }

            _awaited.Add((text, written));
        }

        try
        {
            await written.Task.WaitAsync(Limit, TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"the {_name} has not written '{text}' within {Limit}:\n{Output}");
        }
    }

    /// <summary>Waits until it takes connections, and returns its address.</summary>
    public async Task<Uri> ListeningAsync()
    {
        await WroteAsync("Now listening on: ");
        return new Uri(Listening().Match(Output).Groups[1].Value);
    }

    /// <summary>Waits until its host has started.</summary>
    public Task StartedAsync() => WroteAsync("Application started");

    public void Send(int signal) => Signals.Send(Id, signal);

    /// <summary>Waits until it has ended and all that it wrote is read, and returns its exit code.</summary>
    public Task<int> ExitAsync(TimeSpan? within = null) => _exit.Task.WaitAsync(within ?? Limit, TestContext.Current.CancellationToken);

    /// <summary>Ends it as a power cut would.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _exit.Task;
    }

    /// <summary>Ends it. What is ended already stays so, so that a test that failed between two programs says why.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        await KillAsync();
        _process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_lock)
        {
            _output.Append(line).Append('\n');
            foreach (var (_, written) in _awaited.Where(one => Contains(one.Text)))
            {
                written.TrySetResult();
            }

            _awaited.RemoveAll(one => one.Written.Task.IsCompleted);
        }
    }

    private void End()
    {
        // Its last lines too.
        _process.WaitForExit();
        lock (_lock)
        {
            _exit.TrySetResult(_process.ExitCode);
            foreach (var (text, written) in _awaited)
            {
                written.TrySetException(Ended(text));
            }
        }
    }

    private bool Contains(string text) => _output.ToString().Contains(text, StringComparison.Ordinal);

    private InvalidOperationException Ended(string text) =>
        new($"the {_name} ended with {_process.ExitCode} and has not written '{text}':\n{_output}");

    [GeneratedRegex(@"Now listening on: (\S+)")]
    private static partial Regex Listening();
}
