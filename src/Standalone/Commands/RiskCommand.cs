using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Standalone.Commands;

/// <summary><c>risk SYMBOL...</c>: asks for risk scores. <c>risk --portfolio</c>: for the risk of a portfolio.</summary>
internal static class RiskCommand
{
    public static Command Create(IReadOnlyList<string> settings)
    {
        var symbols = AskCommand.Symbols(ArgumentArity.ZeroOrMore);
        var portfolio = new Option<PortfolioHolding[]?>("--portfolio")
        {
            Description = "Weights instead of symbols, such as BTC=0.6,ETH=0.4: the risk of the whole, and the share of each in it",
            HelpName = "symbol=weight,...",
            CustomParser = Holdings,
        };
        var asOf = AskCommand.AsOf();
        var json = AskCommand.Json();
        var command = new Command("risk", "Score how risky symbols are, 0 (calm) to 100. Any symbol with prices. Not financial advice")
        {
            symbols,
            portfolio,
            asOf,
            json,
        };
        command.Validators.Add(parsed =>
        {
            if (parsed.GetResult(portfolio) is null == (parsed.GetValue(symbols) is not { Length: > 0 }))
            {
                parsed.AddError("Expected symbols such as BTC, or --portfolio BTC=0.6,ETH=0.4");
            }
        });
        var target = new AskedService.TargetOptions(command, settings);
        command.SetAction(parsed => parsed.GetValue(portfolio) is { Length: > 0 } holdings
            ? AskCommand.RunAsync(
                target.Read(parsed),
                [""],
                (service, _, stop) => service.Client.GetPortfolioRiskAsync(holdings, parsed.GetValue(asOf), stop),
                Print,
                parsed.GetValue(json),
                parsed)
            : AskCommand.RunAsync(
                target.Read(parsed),
                parsed.GetRequiredValue(symbols),
                (service, symbol, stop) => service.Client.GetRiskScoreAsync(symbol, parsed.GetValue(asOf), stop),
                Print,
                parsed.GetValue(json),
                parsed));
        return command;
    }

    private static PortfolioHolding[]? Holdings(ArgumentResult argument)
    {
        var text = string.Join(',', argument.Tokens.Select(token => token.Value));
        var holdings = new List<PortfolioHolding>();
        foreach (var part in text.Split(','))
        {
            if (part.Split('=') is not [{ Length: > 0 } symbol, var number]
                || !double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var weight) || !double.IsFinite(weight))
            {
                argument.AddError($"--portfolio has '{part}': expected SYMBOL=WEIGHT, such as BTC=0.6, and a comma between two");
                return null;
            }

            holdings.Add(new(symbol, weight));
        }

        return [.. holdings];
    }

    private static void Print(Terminal terminal, IReadOnlyList<RiskAnswer> answers)
    {
        terminal.Table(
            ["Symbol", ">Risk", "Level", ">Volatility 30d", ">Swing 7d", ">Volume 90d", ">Trend 30d", ">95 of 100 weeks lose less", "Prices"],
            answers.Select(answer => (IReadOnlyList<Cell>)
            [
                answer.Symbol, AskCommand.Text($"{answer.RiskScore}"), Level(answer.RiskLevel), Factor(answer.RiskFactors.Volatility),
                Factor(answer.RiskFactors.PriceSwings), Factor(answer.RiskFactors.VolumeVolatility), Factor(answer.RiskFactors.TrendStrength),
                AskCommand.Percent(answer.Forecast?.ValueAtRisk95), AskCommand.Prices(answer.DataSource, answer.DataAsOf),
            ]));
        foreach (var answer in answers)
        {
            foreach (var warning in answer.Warnings.Concat(answer.DataWarnings))
            {
                terminal.Line($"{answer.Symbol}: {warning}", Tone.Warning);
            }
        }
    }

    private static void Print(Terminal terminal, IReadOnlyList<PortfolioRiskAnswer> answers)
    {
        var answer = answers.Single();
        terminal.Table(
            ["Symbol", ">Weight", ">Risk", ">Share of the risk"],
            answer.Holdings.Select(holding => (IReadOnlyList<Cell>)
            [
                holding.Symbol, AskCommand.Percent(holding.Weight), AskCommand.Text($"{holding.RiskScore}"), AskCommand.Percent(holding.RiskContribution),
            ]));
        terminal.Line(AskCommand.Text(
            $"Volatility {answer.Volatility7Days * 100:0.0} % over 7 days, {answer.Volatility30Days * 100:0.0} % over 30 days. ")
            + AskCommand.Text($"Diversification ratio {answer.DiversificationRatio:0.00}."));
        terminal.Line(AskCommand.Text(
            $"95 of 100 weeks lose less than {answer.ValueAtRisk95 * 100:0.0} %; the other 5 lose {answer.ExpectedShortfall95 * 100:0.0} % on average."));
        terminal.Line(AskCommand.Text($"From {answer.CommonDays} common days, ") + AskCommand.Prices(answer.DataSource, answer.DataAsOf).Value + ".");
        foreach (var warning in answer.DataWarnings)
        {
            terminal.Line(warning, Tone.Warning);
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
