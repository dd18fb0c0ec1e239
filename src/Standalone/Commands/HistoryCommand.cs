using System.CommandLine;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary><c>history SYMBOL</c>: lists recorded predictions with their outcomes.</summary>
internal static class HistoryCommand
{
    public static Command Create(IReadOnlyList<string> settings)
    {
        var symbol = AskCommand.Symbol();
        var limit = new Option<int>("--limit")
        {
            Description = "The most predictions to list, the newest first",
            DefaultValueFactory = _ => PredictionHistoryRequested.DefaultLimit,
        };
        var json = AskCommand.Json();
        var command = new Command("history", "List recorded predictions of a symbol with their outcomes") { symbol, limit, json };
        var target = new AskedService.TargetOptions(command, settings);
        command.SetAction(parsed => AskCommand.RunAsync(
            target.Read(parsed),
            [parsed.GetRequiredValue(symbol)],
            (service, asked, stop) => service.Client.GetHistoryAsync(asked, parsed.GetValue(limit), stop),
            (terminal, answers) => Print(terminal, answers[0]),
            parsed.GetValue(json),
            parsed));
        return command;
    }

    private static void Print(Terminal terminal, PredictionHistory answer)
    {
        if (answer.History.Count > 0)
        {
            terminal.Table(
                ["Made (UTC)", "In", "Direction", ">Confidence", ">Price", ">Predicted", "For", ">Actual", "Right", "Id"],
                answer.History.Select(Row));
        }

        terminal.Line($"{answer.Symbol}: {AskCommand.Text($"{answer.History.Count} of {answer.Total}")} recorded predictions");
    }

    private static Cell[] Row(RecordedPrediction made) =>
    [
        AskCommand.Text($"{made.CreatedAt:yyyy-MM-dd HH:mm}"),
        made.Timeframe,
        AskCommand.Direction(made.Direction),
        AskCommand.Percent(made.Confidence),
        AskCommand.Price(made.PriceAtPrediction),
        AskCommand.Price(made.PredictedPrice),
        AskCommand.Day(made.TargetDate),
        AskCommand.Price(made.ActualPrice),
        made.WasCorrect switch
        {
            true => new Cell("yes", Tone.Good),
            false => new Cell("no", Tone.Bad),
            null => new Cell("open"),
        },
        made.Id,
    ];
}
