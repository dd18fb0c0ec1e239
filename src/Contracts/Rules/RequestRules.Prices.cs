namespace Coinsphere.Messaging.Contracts;

public sealed partial class RequestRules
{
    /// <summary>The most daily bars of an answer.</summary>
    public const int MaxBars = 3650;

    /// <summary>The most characters of the reason of a correction.</summary>
    public const int MaxCorrection = 200;

    /// <summary>The refusal of a correction's reason, or null; null is no correction.</summary>
    public static RequestRefused? Correction(string? reason) => reason switch
    {
        null => null,
        { Length: > MaxCorrection } => Invalid($"correction must be a reason of 1 to {MaxCorrection} characters, found {reason.Length}"),
        _ when string.IsNullOrWhiteSpace(reason) || reason.Any(char.IsControl) => Invalid(
            $"correction must be a reason of 1 to {MaxCorrection} characters in one line, found {CallerText.Quoted(reason)}"),
        _ => null,
    };

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
