using System.Collections;
using System.Net;
using System.Reflection;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Gateway.OpenApi;

/// <summary>
/// Turns the documentation of a .NET type into a description for callers in any language: names are the JSON's, and lists and limits are written out.
/// </summary>
internal static partial class Descriptions
{
    public static string? Of(string? documentation, Type type)
    {
        if (documentation is null)
        {
            return null;
        }

        var line = Blanks().Replace(WebUtility.HtmlDecode(documentation), " ").Trim();
        line = Member().Replace(line, match => Value(match.Groups[1].Value, match.Groups[2].Value) ?? match.Value);
        return Name().Replace(line, match => JsonName(type.GetProperty(match.Value)) is { } name ? $"`{name}`" : match.Value);
    }

    public static string? JsonName(PropertyInfo? property) => property?.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name;

    private static string? Value(string type, string member)
    {
        var found = typeof(PredictionAnswer).Assembly.GetType($"{typeof(PredictionAnswer).Namespace}.{type}")?.GetMember(member).FirstOrDefault();
        return found switch
        {
            PropertyInfo property when property.GetMethod?.IsStatic == true && property.GetValue(null) is IEnumerable values =>
                string.Join(", ", values.Cast<object>().Select(value => $"`{value}`")),
            PropertyInfo property when JsonName(property) is { } name => $"`{name}`",
            FieldInfo { IsLiteral: true } constant => $"{constant.GetRawConstantValue()}",
            _ => null,
        };
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    // A reference to a member comes with its type before it: "bool? PredictRequested.Explain".
    [GeneratedRegex(@"(?:(?:IReadOnlyList<\w+\??>|string|bool|int|long|double)\?? )?\b([A-Z]\w*)\.([A-Z]\w*)")]
    private static partial Regex Member();

    [GeneratedRegex(@"\b[A-Z][a-z0-9]+(?:[A-Z][a-z0-9]+)+\b")]
    private static partial Regex Name();
}
