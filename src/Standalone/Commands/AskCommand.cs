using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary>What the commands that ask a service have in common: where to ask, the answers as JSON or as a table, and refusals.</summary>
internal static class AskCommand
{
    public const string NothingChanged = "nothing was changed";

    public static Option<bool> Json() => new("--json") { Description = "Print the service's answers as they are, one line each, refusals too" };

    public static Argument<string[]> Symbols(ArgumentArity arity)
    {
        var symbols = new Argument<string[]>("symbol") { Description = "Symbols such as BTC", HelpName = "symbol", Arity = arity };
        symbols.CompletionSources.Add([.. SymbolCatalog.Default.Supported]);
        return symbols;
    }

    public static Argument<string> Symbol()
    {
        var symbol = new Argument<string>("symbol") { Description = "A symbol such as BTC", HelpName = "symbol" };
        symbol.CompletionSources.Add([.. SymbolCatalog.Default.Supported]);
        return symbol;
    }

    public static Option<DateOnly?> AsOf() => new("--as-of")
    {
        Description = "The last UTC day whose bar may be used, such as 2024-06-30; by default the newest",
    };

    /// <summary>Asks once for each subject, in their order, and prints what was answered.</summary>
    /// <param name="target">Where to ask.</param>
    /// <param name="subjects">What to ask about: symbols, or one text without meaning.</param>
    /// <param name="ask">Asks.</param>
    /// <param name="print">Prints the answers for people; not called without any.</param>
    /// <param name="isJson">Whether the service's own JSON is printed instead.</param>
    /// <param name="parsed">The command line, whose streams are written to.</param>
    /// <param name="progress">Shows how many subjects are left; null where answers take no time.</param>
    /// <param name="areSymbols">Whether the subjects are symbols, which refusals then begin with.</param>
    public static Task<int> RunAsync<T>(
        AskedService.Target target, IReadOnlyList<string> subjects, Func<AskedService, string, CancellationToken, Task<Result<T>>> ask,
        Action<Terminal, IReadOnlyList<T>> print, bool isJson, ParseResult parsed, AskProgress? progress = null, bool areSymbols = true) where T : class
    {
        var (output, errors) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        return CommandRunner.RunAsync(
            async stop =>
            {
                await using var service = await AskedService.OpenAsync(target, stop);
                var answers = new List<T>();
                // A bar would be between the lines of JSON.
                var shown = isJson ? null : progress;
                await (shown is null ? AskAllAsync() : shown.ShowAsync(subjects.Count, AskAllAsync));
                if (!isJson && answers.Count > 0)
                {
                    print(new Terminal(output), answers);
                }

                return answers.Count == subjects.Count;

                async Task AskAllAsync()
                {
                    foreach (var subject in subjects)
                    {
                        shown?.Start(subject);
                        var result = await ask(service, subject, stop);
                        if (isJson)
                        {
                            // A text that cannot be a symbol is refused before the service is asked, and a timeout has no response.
                            await output.WriteLineAsync(service.TakeJson() ?? JsonOf(result.Refusal!));
                        }

                        if (result.IsRefused)
                        {
                            var label = areSymbols && subject.Length > 0 ? CallerText.Shown(RequestRules.Label(subject)) + ": " : "";
                            var fault = $"{label}{NameOf(result.Refusal.Reason)}: {result.Refusal.Detail}";
                            await (shown is null ? errors.WriteLineAsync(fault) : shown.FailedAsync(errors, fault));
                        }
                        else
                        {
                            answers.Add(result.Answer);
                        }

                        shown?.Done();
                    }
                }
            },
            NothingChanged, errors);
    }

    /// <summary>Where prices come from and until when; invented ones say so.</summary>
    public static Cell Prices(string source, DateOnly until) => source == "synthetic"
        ? new($"synthetic, invented, to {Day(until)}", Tone.Warning)
        : new($"{source}, to {Day(until)}");

    public static Cell Direction(string? direction) => new(direction ?? "", direction switch
    {
        "bullish" => Tone.Good,
        "bearish" => Tone.Bad,
        _ => Tone.Plain,
    });

    public static string Percent(double? fraction) => fraction is { } value ? Text($"{value * 100:0.#} %") : "";

    public static string Price(double? price) => price switch
    {
        null => "",
        >= 1 => Text($"{price:#,0.00}"),
        _ => Text($"{price:0.#########}"),
    };

    public static string Day(DateOnly? day) => Text($"{day:yyyy-MM-dd}");

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static string NameOf(RefusalReason reason) => JsonOf(new RequestRefused(reason, "")).Split('"')[3];

    private static string JsonOf(RequestRefused refusal) => System.Text.Json.JsonSerializer.Serialize(refusal, ContractsJson.Body.RequestRefused);
}
