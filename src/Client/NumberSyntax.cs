using System.Globalization;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Client;

/// <summary>Checks whether numbers can be written as JSON. The service decides which are valid.</summary>
internal static class NumberSyntax
{
    /// <summary>The refusal of an infinity or no number, or null.</summary>
    public static RequestRefused? Check(string field, double? value) => value is { } number && !double.IsFinite(number)
        ? new(RefusalReason.InvalidRequest, string.Create(CultureInfo.InvariantCulture, $"{field} must be a finite number, found {number}"))
        : null;

    /// <summary>The refusal of the first such weight, or null.</summary>
    public static RequestRefused? Check(IReadOnlyList<PortfolioHolding> holdings) =>
        holdings.Select((holding, i) => Check($"holdings[{i}].weight", holding?.Weight)).FirstOrDefault(refusal => refusal is not null);
}
