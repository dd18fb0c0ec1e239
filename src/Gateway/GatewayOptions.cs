using System.ComponentModel.DataAnnotations;

namespace Coinsphere.Messaging.Gateway;

/// <summary>Section <c>Gateway</c>.</summary>
internal sealed class GatewayOptions : IValidatableObject
{
    public const string Section = "Gateway";

    /// <summary>Address to listen on; by default only this machine. <c>ASPNETCORE_URLS</c> overrides it and the port.</summary>
    [Required]
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>Port to listen on; <c>PORT</c> sets it.</summary>
    [Range(0, 65_535)]
    public int Port { get; set; } = 8000;

    /// <summary>
    /// The most requests that wait for workers at the same time; more are refused as overloaded at once. <see cref="Requests.Admission"/> admits
    /// fewer where they could not be answered in time.
    /// </summary>
    [Range(1, 1_000_000)]
    public int MaxWaiting { get; set; } = 5_000;

    /// <summary>Comma-separated origins whose pages may call this service; <c>CORS_ORIGINS</c> sets it. None by default.</summary>
    public string CorsOrigins { get; set; } = "";

    /// <summary>Whether errors show their cause; by default only where the environment is development.</summary>
    public bool? ShowErrorDetails { get; set; }

    /// <summary>The origins, one by one.</summary>
    internal string[] Origins => CorsOrigins.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Origins.FirstOrDefault(origin => !IsOrigin(origin)) is { } wrong)
        {
            yield return new(
                $"'{wrong}' is not an origin, expected one such as https://app.example or http://localhost:5173, without a path",
                [nameof(CorsOrigins)]);
        }
    }

    // A browser sends scheme, host and port. A text with more or less never matches.
    private static bool IsOrigin(string text) => text == "*"
        || (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url is { PathAndQuery: "/", Fragment: "", UserInfo: "" }
            && !text.EndsWith('/'));
}
