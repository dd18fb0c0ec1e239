namespace Coinsphere.Messaging.Contracts;

/// <summary>
/// Recognises misspelt names of fields. A request whose <c>asOf</c> is misspelt must not be answered as one without it: it would get newer bars than its
/// sender asked for.
/// </summary>
public static class FieldNames
{
    private const string AsOf = "asOf";
    private const string AsOfPlain = "asof";

    /// <summary>
    /// The known field that an unknown name means: one that differs from it only by case, <c>-</c> or <c>_</c>, or <c>asOf</c> where the name begins with
    /// it. Null where it means none of them.
    /// </summary>
    public static string? Meant(string unknown, IReadOnlyCollection<string> known)
    {
        var plain = Plain(unknown);
        return known.FirstOrDefault(name => Plain(name) == plain)
            ?? (plain.StartsWith(AsOfPlain, StringComparison.Ordinal) && known.Contains(AsOf) ? AsOf : null);
    }

    /// <summary>The refusal of a misspelt name.</summary>
    /// <param name="unknown">The name as it was found.</param>
    /// <param name="meant">The field that it means.</param>
    /// <param name="isGiven">Whether the request has that field too.</param>
    public static string Misspelt(string unknown, string meant, bool isGiven) => isGiven
        ? $"{CallerText.Quoted(unknown)} is another spelling of {meant}, which is given too: leave it out"
        : $"{meant} is missing: found {CallerText.Quoted(unknown)}, write {meant}";

    private static string Plain(string name) =>
        string.Concat(name.Where(letter => letter is not ('-' or '_'))).ToLowerInvariant();
}
