using System.Globalization;

namespace Coinsphere.Messaging.Contracts;

public sealed partial class RequestRules
{
    /// <summary>The most holdings of a portfolio.</summary>
    public const int MaxHoldings = 50;

    /// <summary>How far the sum of a portfolio's weights may be from 1.</summary>
    public const double WeightTolerance = 0.001;

    // Weights such as 0.3335 are no exact doubles, and their sum is rounded.
    private const double Rounding = 1e-9;

    /// <summary>The query of a portfolio's risk.</summary>
    public Result<PortfolioRiskQuery> Check(PortfolioRiskRequested request)
    {
        if (request.Holdings is not { } given)
        {
            return Invalid("holdings is missing: expected a list such as [{\"symbol\": \"BTC\", \"weight\": 0.6}, {\"symbol\": \"ETH\", \"weight\": 0.4}]");
        }

        if (given.Count is 0 or > MaxHoldings)
        {
            return Invalid($"a portfolio has 1 to {MaxHoldings} holdings, found {given.Count}");
        }

        var holdings = new WeightedSymbol[given.Count];
        for (var i = 0; i < holdings.Length; i++)
        {
            if (Holding(given, i, out holdings[i]) is { } refusal)
            {
                return refusal;
            }

            if (Array.FindIndex(holdings, 0, i, holding => holding.Symbol == holdings[i].Symbol) is >= 0 and var first)
            {
                var (name, other) = (Label(given[i].Symbol), Label(given[first].Symbol));
                return Invalid($"holdings[{first}] and holdings[{i}] are both {(name == other ? name : $"{holdings[i].Symbol}, as {other} and {name}")}: "
                    + "expected each symbol once, with its whole weight");
            }
        }

        var sum = holdings.Sum(holding => holding.Weight);
        if (Math.Abs(sum - 1) > WeightTolerance + Rounding)
        {
            return Invalid(string.Create(
                CultureInfo.InvariantCulture, $"the weights of the holdings must add up to 1, within {WeightTolerance}: their sum is {sum:0.######}"));
        }

        if (AsOf(request.AsOf, request.AsOfSnakeCase, out var asOf) is { } wrongDate)
        {
            return wrongDate;
        }

        return DeadlineMs(request.DeadlineMs) is { } wrongDeadline ? wrongDeadline : new PortfolioRiskQuery(holdings, asOf);
    }

    private RequestRefused? Holding(IReadOnlyList<PortfolioHolding?> given, int i, out WeightedSymbol holding)
    {
        holding = default;
        if (given[i] is not { } found)
        {
            return Invalid($"holdings[{i}] is null: expected {{\"symbol\": \"BTC\", \"weight\": 0.6}}");
        }

        if (Symbol(found.Symbol, out var symbol) is { } refusal)
        {
            return refusal with { Detail = $"holdings[{i}]: {refusal.Detail}" };
        }

        if (found.Weight is not { } weight)
        {
            return Invalid($"holdings[{i}].weight is missing: expected a number above 0, the share of {symbol}");
        }

        holding = new(symbol, weight);
        return weight > 0 && double.IsFinite(weight)
            ? null
            : Invalid(string.Create(CultureInfo.InvariantCulture, $"holdings[{i}].weight must be a number above 0, the share of {symbol}, found {weight}"));
    }
}

/// <summary>A valid request for a portfolio's risk, normalised.</summary>
/// <param name="Holdings">In the order of the request, each of another symbol.</param>
/// <param name="AsOf">The last UTC day whose bar may be used; null: now.</param>
public sealed record PortfolioRiskQuery(IReadOnlyList<WeightedSymbol> Holdings, DateOnly? AsOf);

/// <summary>A part of a portfolio.</summary>
/// <param name="Symbol">The canonical symbol.</param>
/// <param name="Weight">Its share, above 0.</param>
public readonly record struct WeightedSymbol(string Symbol, double Weight);
