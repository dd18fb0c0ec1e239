using System.CommandLine;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary><c>accuracy SYMBOL</c>: says how often recorded predictions were right.</summary>
internal static class AccuracyCommand
{
    public static Command Create(IReadOnlyList<string> settings)
    {
        var symbol = AskCommand.Symbol();
        var days = new Option<int>("--days")
        {
            Description = "Counts predictions with a target date in the last so many days",
            DefaultValueFactory = _ => PredictionAccuracyRequested.DefaultDays,
        };
        var json = AskCommand.Json();
        var command = new Command("accuracy", "Say how often recorded predictions of a symbol were right") { symbol, days, json };
        var target = new AskedService.TargetOptions(command, settings);
        command.SetAction(parsed => AskCommand.RunAsync(
            target.Read(parsed),
            [parsed.GetRequiredValue(symbol)],
            (service, asked, stop) => service.Client.GetAccuracyAsync(asked, parsed.GetValue(days), stop),
            (terminal, answers) => Print(terminal, answers[0]),
            parsed.GetValue(json),
            parsed));
        return command;
    }

    private static void Print(Terminal terminal, PredictionAccuracy answer)
    {
        terminal.Table(
            [$"{answer.Symbol}, {answer.Period}", ">Predictions", ">Right", ">Accuracy"],
            [
                Row("all", answer.TotalPredictions, answer.CorrectPredictions, answer.Accuracy),
                .. answer.ByTimeframe.Concat(answer.ByDirection).Select(part => Row(part.Key, part.Value.Total, part.Value.Correct, part.Value.Accuracy)),
            ]);
        if (answer.Brier is { } brier)
        {
            terminal.Line(AskCommand.Text(
                $"Brier score {brier:0.0000}, base rate {answer.BaseRateBrier:0.0000} (lower is better), whose accuracy is {answer.BaseRateAccuracy:0.#} %"));
        }
    }

    private static Cell[] Row(string part, int total, int correct, double? percent) =>
        [part, AskCommand.Text($"{total}"), AskCommand.Text($"{correct}"), percent is null ? "" : AskCommand.Text($"{percent:0.##} %")];
}
