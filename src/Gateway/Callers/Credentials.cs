using System.Text;
using Coinsphere.Messaging.Contracts;
using Microsoft.Net.Http.Headers;

namespace Coinsphere.Messaging.Gateway.Callers;

/// <summary>The key or token that a request carries, not yet judged.</summary>
/// <param name="Text">The key or token; null where there is none.</param>
/// <param name="Fault">Why the headers cannot be read; null where they can.</param>
/// <param name="IsAmbient">Whether a browser sends it by itself, so that other sites' pages can cause such a request.</param>
internal readonly record struct Credentials(string? Text, string? Fault = null, bool IsAmbient = false)
{
    public const string KeyHeader = "X-API-Key";

    // A token of an issuer has claims of a kilobyte or two.
    private const int MaxLength = 8 * 1024;

    private const string Bearer = "Bearer";
    private const string Basic = "Basic";

    /// <summary>Reads <c>Authorization</c> and <c>X-API-Key</c>.</summary>
    public static Credentials Read(IHeaderDictionary headers)
    {
        var (authorization, key) = (headers[HeaderNames.Authorization], headers[KeyHeader]);
        if (authorization.Count > 1 || key.Count > 1)
        {
            return new(null, $"{(authorization.Count > 1 ? HeaderNames.Authorization : KeyHeader)} was sent more than once: send one");
        }

        var own = key.Count == 0 ? new Credentials(null) : new Credentials(key.ToString().Trim());
        if (authorization.Count == 0)
        {
            return own.Checked();
        }

        var standard = OfAuthorization(authorization.ToString().Trim());
        return standard.Fault is null && own.Text is not null && own.Text != standard.Text
            ? new(null, $"{HeaderNames.Authorization} and {KeyHeader} carry different keys: send one of them")
            : standard.Checked();
    }

    private static Credentials OfAuthorization(string header)
    {
        var at = header.IndexOf(' ', StringComparison.Ordinal);
        var (scheme, rest) = at < 0 ? (header, "") : (header[..at], header[(at + 1)..].Trim());
        if (scheme.Equals(Bearer, StringComparison.OrdinalIgnoreCase))
        {
            return new(rest);
        }

        // What browsers ask a person for: the key is the password.
        return scheme.Equals(Basic, StringComparison.OrdinalIgnoreCase)
            ? new(Password(rest) ?? "", IsAmbient: true)
            : new(null, $"{HeaderNames.Authorization} must be Bearer and a key, found the scheme {CallerText.Quoted(scheme)}");
    }

    private static string? Password(string base64)
    {
        var bytes = new byte[MaxLength];
        if (base64.Length > MaxLength || !Convert.TryFromBase64String(base64, bytes, out var count))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(bytes, 0, count);
        return text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..];
    }

    private Credentials Checked() => Text?.Length > MaxLength ? this with { Text = "" } : this;
}
