using System.CommandLine;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary><c>backtest [SYMBOL...]</c>: says what would have been answered on past days, and how good that was; and draws it.</summary>
internal static class BacktestCommand
{
    private const string DefaultFolder = "backtest";

    public static Command Create(IReadOnlyList<string> settings)
    {
        var symbols = AskCommand.Symbols(ArgumentArity.ZeroOrMore);
        symbols.Description = "Symbols such as BTC; by default all supported ones";
        var from = new Option<DateOnly?>("--from") { Description = "The first UTC day, such as 2024-01-01; by default a year before the last" };
        var to = new Option<DateOnly?>("--to")
        {
            Description = $"The last UTC day, at most {RequestRules.MaxBacktestYears} years later; by default the newest bar's",
        };
        var timeframe = PredictCommand.Timeframe();
        var svg = new Option<string?>("--svg")
        {
            Description = $"Folder for the pictures, created where it is missing; by default {DefaultFolder}, with --json none are drawn",
        };
        var json = AskCommand.Json();
        var command = new Command("backtest", "Say what would have been answered on past days, and how good that was. Not financial advice")
        {
            symbols, from, to, timeframe, svg, json,
        };
        var target = new AskedService.TargetOptions(command, settings);
        command.SetAction(parsed =>
        {
            var isJson = parsed.GetValue(json);
            var folder = parsed.GetValue(svg) ?? (isJson ? null : DefaultFolder);
            var pictures = new List<string>();
            return AskCommand.RunAsync(
                target.Read(parsed),
                parsed.GetValue(symbols) is { Length: > 0 } named ? named : [.. SymbolCatalog.Default.Supported],
                async (service, symbol, stop) =>
                {
                    var result = await service.Client.GetBacktestAsync(symbol, parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(timeframe)!, stop);
                    if (!result.IsRefused && folder is not null)
                    {
                        pictures.AddRange(BacktestPictures.Write(result.Answer, folder));
                    }

                    return result;
                },
                (terminal, answers) =>
                {
                    foreach (var answer in answers)
                    {
                        BacktestReport.Print(terminal, answer);
                    }

                    BacktestReport.Explain(terminal, pictures);
                },
                isJson,
                parsed,
                new AskProgress("backtest", parsed.InvocationConfiguration.Output));
        });
        return command;
    }
}
