using System.CommandLine;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary><c>predict SYMBOL...</c>: asks for predictions.</summary>
internal static class PredictCommand
{
    public static Command Create(IReadOnlyList<string> settings)
    {
        var symbols = AskCommand.Symbols(ArgumentArity.OneOrMore);
        var timeframe = Timeframe();
        var asOf = AskCommand.AsOf();
        var explain = new Option<bool>("--explain") { Description = "Say which features contributed most" };
        var json = AskCommand.Json();
        var command = new Command("predict", "Predict where prices are heading. Not financial advice") { symbols, timeframe, asOf, explain, json };
        var target = new AskedService.TargetOptions(command, settings);
        command.SetAction(parsed => AskCommand.RunAsync(
            target.Read(parsed),
            parsed.GetRequiredValue(symbols),
            (service, symbol, stop) => service.Client.GetPredictionAsync(
                symbol, parsed.GetValue(timeframe)!, parsed.GetValue(asOf), parsed.GetValue(explain), stop),
            Print,
            parsed.GetValue(json),
            parsed));
        return command;
    }

    public static Option<string> Timeframe()
    {
        var timeframe = new Option<string>("--timeframe")
        {
            Description = $"The horizon: {string.Join(", ", Timeframes.All)}",
            DefaultValueFactory = _ => Timeframes.Default,
        };
        timeframe.CompletionSources.Add([.. Timeframes.All]);
        return timeframe;
    }

    private static void Print(Terminal terminal, IReadOnlyList<PredictionAnswer> answers)
    {
        terminal.Table(["Symbol", "In", "Direction", ">Confidence", ">Price", ">Target", "9 of 10 closes in", "Prices", "Model"], answers.Select(Row));
        foreach (var answer in answers)
        {
            terminal.Line(answer.Explanation);
            if (answer.Contributions is { } contributions)
            {
                terminal.Line(AskCommand.Text(
                    $"{answer.Symbol} {contributions.Direction} {contributions.Probability * 100:0.0} %: {contributions.Baseline * 100:0.0} % ")
                    + "with average features, the rest by those of the window");
            }

            foreach (var warning in answer.Warnings)
            {
                terminal.Line($"{answer.Symbol} warning: {warning}", Tone.Warning);
            }
        }
    }

    private static Cell[] Row(PredictionAnswer answer)
    {
        var prediction = answer.Prediction;
        return
        [
            answer.Symbol,
            answer.Timeframe,
            AskCommand.Direction(prediction.Direction),
            AskCommand.Text($"{prediction.ConfidenceScore * 100:0.0} % {prediction.Confidence}"),
            AskCommand.Price(prediction.CurrentPrice),
            AskCommand.Price(prediction.TargetPrice),
            prediction.Interval is { } interval ? $"{AskCommand.Price(interval.Low)} to {AskCommand.Price(interval.High)}" : "",
            AskCommand.Prices(answer.DataSource, answer.DataAsOf),
            answer.ModelVersion,
        ];
    }
}
