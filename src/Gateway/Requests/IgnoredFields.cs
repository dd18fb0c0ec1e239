using System.Text.Json.Serialization.Metadata;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Gateway.Requests;

/// <summary>Names the fields and query parameters of a request that nothing reads in the response's header.</summary>
internal static class IgnoredFields
{
    public const string Header = "X-Ignored-Fields";

    private const int MaxNames = 10;
    private const int MaxLength = 40;

    public static void Name(HttpResponse response, IReadOnlyCollection<string> names)
    {
        var shown = names.Take(MaxNames).Select(Shown);
        response.Headers.Append(Header, string.Join(", ", names.Count > MaxNames ? shown.Append("...") : shown));
    }

    /// <summary>
    /// The refusal of a query with a misspelt parameter; else null, and other unknown parameters are named in the header. Names of parameters are
    /// case-insensitive.
    /// </summary>
    public static RequestRefused? CheckQuery(HttpRequest request, params IReadOnlyCollection<string> known)
    {
        if (!request.QueryString.HasValue)
        {
            return null;
        }

        var unknown = request.Query.Keys.Where(name => !known.Contains(name, StringComparer.OrdinalIgnoreCase)).ToArray();
        foreach (var name in unknown)
        {
            if (FieldNames.Meant(name, known) is { } meant)
            {
                return new(RefusalReason.InvalidRequest, FieldNames.Misspelt(name, meant, request.Query.ContainsKey(meant)));
            }
        }

        if (unknown.Length > 0)
        {
            Name(request.HttpContext.Response, unknown);
        }

        return null;
    }

    /// <summary>Names the parameters of a query where none is read.</summary>
    public static void NameQuery(HttpRequest request)
    {
        if (request.QueryString.HasValue && request.Query.Count > 0)
        {
            Name(request.HttpContext.Response, [.. request.Query.Keys]);
        }
    }

    /// <summary>The refusal of a query beside a body that has a parameter with the name of a field; else null, and all are named in the header.</summary>
    public static RequestRefused? CheckQueryBesideBody(HttpRequest request, JsonTypeInfo body)
    {
        if (!request.QueryString.HasValue)
        {
            return null;
        }

        var fields = body.Properties.Select(property => property.Name).ToArray();
        foreach (var name in request.Query.Keys)
        {
            if (FieldNames.Meant(name, fields) is { } meant)
            {
                return new(
                    RefusalReason.InvalidRequest,
                    $"{CallerText.Quoted(name)} is in the query of a request that has a body: write {meant} into the body");
            }
        }

        NameQuery(request);
        return null;
    }

    // A header's value is visible ASCII; a comma separates names.
    private static string Shown(string name)
    {
        if (name.Length == 0)
        {
            return "?";
        }

        var start = name.Length > MaxLength ? name[..MaxLength] : name;
        return string.Concat(start.Select(c => c is > ' ' and < '\u007f' and not ',' ? c : '?')) + (name.Length > MaxLength ? "..." : "");
    }
}
