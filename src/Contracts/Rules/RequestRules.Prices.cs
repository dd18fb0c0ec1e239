namespace Coinsphere.Messaging.Contracts;

public sealed partial class RequestRules
{
    /// <summary>The most daily bars of an answer.</summary>
    public const int MaxBars = 3650;

    /// <summary>The symbol and number of daily bars.</summary>
    public Result<BarsQuery> Check(PriceBarsRequested request)
    {
        if (Symbol(request.Symbol, out var symbol) is { } refusal)
        {
            return refusal;
        }

        return request.Days is >= 1 and <= MaxBars
            ? new BarsQuery(symbol, request.Days)
            : Invalid($"days must be a whole number from 1 to {MaxBars}, found {request.Days}");
    }
}

/// <summary>A valid request for daily bars, normalised.</summary>
/// <param name="Symbol">The canonical symbol.</param>
/// <param name="Days">The most bars.</param>
public sealed record BarsQuery(string Symbol, int Days);
