using System.Diagnostics;
using System.Globalization;
using Coinsphere.Messaging.Worker.MarketData.Feed;
using Spectre.Console;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary>The output of a fetch: a line per symbol and per note, and below them a progress bar on a terminal.</summary>
internal sealed class FetchProgress(IReadOnlyList<string> symbols, string source, TextWriter output, TextWriter errors)
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private int _new;
    private int _corrected;
    private int _unchanged;
    private int _done;
    private int _failed;
    private ProgressTask? _bar;
    private IAnsiConsole? _console;

    /// <summary>Runs a fetch with a progress bar, or without one where the output is not a terminal.</summary>
    public async Task<bool> ShowAsync(Func<Task<bool>> fetch)
    {
        if (Console.IsOutputRedirected)
        {
            return await fetch();
        }

        _console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        return await _console.Progress().AutoClear(true).StartAsync(context =>
        {
            _bar = context.AddTask("fetch", maxValue: symbols.Count);
            return fetch();
        });
    }

    public void Start(string symbol)
    {
        if (_bar is not null)
        {
            _bar.Description = Markup.Escape($"{symbol} from {source}");
        }
    }

    public void Advance(double fraction)
    {
        if (_bar is not null)
        {
            _bar.Value = _done + _failed + fraction;
        }
    }

    public void Done(FetchedSymbol symbol)
    {
        _done++;
        _new += symbol.New;
        _corrected += symbol.Corrected;
        _unchanged += symbol.Unchanged;
        Advance(0);
        var days = symbol is { First: { } first, Newest: { } newest } ? Text($", {first:yyyy-MM-dd} to {newest:yyyy-MM-dd}") : ", no bars";
        Line(output, $"{symbol.Symbol,-6} {Counts(symbol.New, symbol.Corrected, symbol.Unchanged)}{days}");
        foreach (var note in symbol.Notes)
        {
            Line(output, $"       {note}");
        }
    }

    public void Failed(string fault)
    {
        _failed++;
        Advance(0);
        Line(errors, fault);
    }

    /// <returns>Whether every symbol was fetched.</returns>
    public bool Sum()
    {
        var missing = symbols.Count - _done;
        var seconds = Stopwatch.GetElapsedTime(_started).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture);
        Line(
            output,
            $"{_done} symbols from {source} in {seconds} s: {Counts(_new, _corrected, _unchanged)}{(missing == 0 ? "" : $"; {missing} not fetched")}"
                + (missing == 0 && _new + _corrected == 0 ? "; nothing to do" : ""));
        return missing == 0;
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

    private static string Counts(int isNew, int corrected, int unchanged) => Text($"{isNew,6} new, {corrected,4} corrected, {unchanged,4} unchanged");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
