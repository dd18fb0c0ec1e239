using Spectre.Console;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary>A progress bar over the symbols that a command asks about, where the output is a terminal.</summary>
internal sealed class AskProgress(string task, TextWriter output)
{
    private ProgressTask? _bar;
    private IAnsiConsole? _console;

    /// <summary>Asks with a progress bar, or without one where the output is not a terminal.</summary>
    public async Task ShowAsync(int subjects, Func<Task> ask)
    {
        if (Console.IsOutputRedirected)
        {
            await ask();
            return;
        }

        _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        await _console.Progress().AutoClear(true).StartAsync(context =>
        {
            _bar = context.AddTask(task, maxValue: subjects);
            return ask();
        });
        (_bar, _console) = (null, null);
    }

    public void Start(string subject)
    {
        if (_bar is not null)
        {
            _bar.Description = Markup.Escape($"{task} {subject}");
        }
    }

    public void Done() => _bar?.Increment(1);

    /// <summary>Writes a fault. A line written without the console's lock would break the bar.</summary>
    public Task FailedAsync(TextWriter errors, string fault)
    {
        if (_console is null)
        {
            return errors.WriteLineAsync(fault);
        }

        _console.WriteLine(fault);
        return Task.CompletedTask;
    }
}
