using System.Diagnostics;
using System.Globalization;
using Coinsphere.Messaging.Worker.MarketData.Csv;
using Coinsphere.Messaging.Worker.Storage;
using Spectre.Console;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary>The output of an import: one line per series of prices, and below them a progress bar on a terminal.</summary>
internal sealed class ImportProgress(int files, TextWriter output, TextWriter errors)
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private WrittenBars _total;
    private int _finished;
    private int _imported;
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
            _bar = context.AddTask("import", maxValue: files);
            return import();
        });
    }

    public void Start(string name)
    {
        if (_bar is not null)
        {
            _bar.Description = Markup.Escape(name);
        }
    }

    public void Advance(double fraction)
    {
        if (_bar is not null)
        {
            _bar.Value = _finished + fraction;
        }
    }

    public void Done(ImportedFile imported)
    {
        _total += imported.Written;
        _imported += imported.Files.Paths.Count;
        Finish(imported.Files.Paths.Count);
        var open = imported.OpenDays == 0 ? "" : $", {imported.OpenDays} not over yet and left out";
        var format = imported.Recognised is { } recognised ? $" ({recognised})" : "";
        Line(output, $"{imported.Files.Name,-14} {Counts(imported.Written)}{open}{format}");
    }

    public void Skipped(string path)
    {
        Finish(1);
        Line(output, $"{Path.GetFileName(path),-14} skipped: it is not named {PriceFileName.Expected}; --symbol says whose prices it has");
    }

    public void Failed(int count, string fault)
    {
        _failed += count;
        Finish(count);
        Line(errors, fault);
    }

    /// <returns>Whether files were imported, and none failed.</returns>
    public bool Sum()
    {
        var refused = _failed == 0 ? "" : $", {_failed} not imported";
        var seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        Line(output, $"{_imported} files in {seconds} s: {Counts(_total)}{refused}");
        return _failed == 0 && _imported > 0;
    }

    private void Finish(int count)
    {
        _finished += count;
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
