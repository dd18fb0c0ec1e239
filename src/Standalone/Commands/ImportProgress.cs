using System.Diagnostics;
using System.Globalization;
using Coinsphere.Messaging.Worker.Storage;
using Spectre.Console;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary>The output of an import: one line per file, and below them a progress bar on a terminal.</summary>
internal sealed class ImportProgress(IReadOnlyList<string> files, TextWriter output, TextWriter errors)
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private WrittenBars _total;
    private int _finished;
    private int _failed;
    private ProgressTask? _bar;
    private IAnsiConsole? _console;

    /// <summary>Runs an import with a progress bar, or without one where the output is not a terminal.</summary>
    public async Task<bool> ShowAsync(Func<Task<bool>> import)
    {
        if (Console.IsOutputRedirected)
        {
            return await import();
        }

        _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        return await _console.Progress().AutoClear(true).StartAsync(context =>
        {
            _bar = context.AddTask("import", maxValue: files.Count);
            return import();
        });
    }

    public void Start(string file)
    {
        if (_bar is not null)
        {
            _bar.Description = Markup.Escape(Path.GetFileName(file));
        }
    }

    public void Advance(double fraction)
    {
        if (_bar is not null)
        {
            _bar.Value = _finished + fraction;
        }
    }

    public void Done(ImportedFile file)
    {
        _total += file.Written;
        Finish();
        Line(output, $"{file.Name,-14} {Counts(file.Written)}{(file.OpenDays == 0 ? "" : $", {file.OpenDays} not over yet and left out")}");
    }

    public void Failed(string fault)
    {
        _failed++;
        Finish();
        Line(errors, fault);
    }

    public void Sum()
    {
        var refused = _failed == 0 ? "" : $", {_failed} not imported";
        var seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        Line(output, $"{_finished - _failed} files in {seconds} s: {Counts(_total)}{refused}");
    }

    private void Finish()
    {
        _finished++;
        Advance(0);
    }

    // A line written without the console's lock would break the bar.
    private void Line(TextWriter writer, string text)
    {
        if (_console is null)
        {
            writer.WriteLine(text);
        }
        else
        {
            _console.WriteLine(text);
        }
    }

    private static string Counts(WrittenBars bars) => string.Create(
        CultureInfo.InvariantCulture, $"{bars.Inserted,6} inserted, {bars.Updated,6} updated, {bars.Unchanged,6} "
            + $"unchanged{(bars.Older == 0 ? "" : $", {bars.Older} older than the stored bar")}");
}
