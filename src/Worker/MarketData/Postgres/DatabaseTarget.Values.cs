using System.Globalization;

namespace Coinsphere.Messaging.Worker.MarketData.Postgres;

// The parameters by name, each taken once: one that is left is not known.
internal sealed partial class DatabaseTarget
{
    /// <summary>One name for <c>connect_timeout</c>, <c>connectTimeout</c> and <c>connect-timeout</c>.</summary>
    private static string Normal(string name) =>
        name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();

    private string? Take(string name) => _values.Remove(Normal(name), out var value) ? value : null;

    private string? Choice(params ReadOnlySpan<string> names)
    {
        string? chosen = null;
        foreach (var name in names)
        {
            chosen = Take(name)?.ToLowerInvariant() ?? chosen;
        }

        return chosen;
    }

    /// <summary>A value that may be in the URL's own place and under several names.</summary>
    private string? Once(string? own, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (NullWhereEmpty(Take(name) ?? "") is { } value)
            {
                own = own is null || own == value ? value : throw Refuse($"it has two values of {name}, expected one");
            }
        }

        return own;
    }

    private void Text(string name, Action<string> set)
    {
        if (Take(name) is { Length: > 0 } value)
        {
            set(value);
        }
    }

    private void Number(string name, int least, int most, Action<int> set)
    {
        if (Take(name) is not { Length: > 0 } text)
        {
            return;
        }

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) || number < least || number > most)
        {
            throw Refuse(string.Create(CultureInfo.InvariantCulture, $"its {name} is not a whole number from {least} to {most}"));
        }

        set(number);
    }

    private bool? Flag(string name) => Take(name)?.ToLowerInvariant() switch
    {
        null => null,
        "1" or "true" or "yes" or "on" or "" => true,
        "0" or "false" or "no" or "off" => false,
        _ => throw Refuse($"its {name} is neither true nor false"),
    };

    private void Refused(string name, string why)
    {
        if (Take(name) is { Length: > 0 })
        {
            throw Refuse($"it has the parameter {name}; {why}");
        }
    }
}
