using System.CommandLine;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary><c>risk SYMBOL...</c>: asks for risk scores.</summary>
internal static class RiskCommand
{
    public static Command Create(IReadOnlyList<string> settings)
    {
        var symbols = AskCommand.Symbols(ArgumentArity.OneOrMore);
        var asOf = AskCommand.AsOf();
        var json = AskCommand.Json();
        var command = new Command("risk", "Score how risky symbols are, 0 (calm) to 100. Any symbol with prices. Not financial advice") { symbols, asOf, json };
        var target = new AskedService.TargetOptions(command, settings);
        command.SetAction(parsed => AskCommand.RunAsync(
            target.Read(parsed),
            parsed.GetRequiredValue(symbols),
            (service, symbol, stop) => service.Client.GetRiskScoreAsync(symbol, parsed.GetValue(asOf), stop),
            Print,
            parsed.GetValue(json),
            parsed));
        return command;
    }

    private static void Print(Terminal terminal, IReadOnlyList<RiskAnswer> answers)
    {
        terminal.Table(
            ["Symbol", ">Risk", "Level", ">Volatility 30d", ">Swing 7d", ">Volume 90d", ">Trend 30d", "Prices"],
            answers.Select(answer => (IReadOnlyList<Cell>)
            [
                answer.Symbol, AskCommand.Text($"{answer.RiskScore}"), Level(answer.RiskLevel), Factor(answer.RiskFactors.Volatility),
                Factor(answer.RiskFactors.PriceSwings), Factor(answer.RiskFactors.VolumeVolatility), Factor(answer.RiskFactors.TrendStrength),
                AskCommand.Prices(answer.DataSource, answer.DataAsOf),
            ]));
        foreach (var answer in answers)
        {
            foreach (var warning in answer.Warnings.Concat(answer.DataWarnings))
            {
                terminal.Line($"{answer.Symbol}: {warning}", Tone.Warning);
            }
        }
    }

    private static Cell Level(string level) => new(level, level switch
    {
        "low" => Tone.Good,
        "medium" => Tone.Warning,
        _ => Tone.Bad,
    });

    private static Cell Factor(RiskFactor factor) => AskCommand.Text($"{factor.Value * 100:0.##} % {factor.Risk}");
}
