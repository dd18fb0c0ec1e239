using System.Globalization;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Gateway.Requests;

/// <summary>Reads whole numbers of a query.</summary>
internal static class WholeNumber
{
    /// <summary>The refusal of a text that is no whole number, or null. Without a text the number is the default.</summary>
    public static RequestRefused? Read(string? text, string name, int standard, out int number)
    {
        number = standard;
        return text is null || int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
            ? null
            : new RequestRefused(RefusalReason.InvalidRequest, $"{name} must be a whole number such as {standard}, found {CallerText.Quoted(text)}");
    }
}
