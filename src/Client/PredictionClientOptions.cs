namespace Coinsphere.Messaging.Client;

/// <summary>The address of the service, the time limit of a call, and the caller's key. Set by <c>ML_SERVICE_URL</c>, <c>ML_SERVICE_TIMEOUT</c> and
/// <c>COINSPHERE_API_KEY</c>, then by code.</summary>
public sealed class PredictionClientOptions
{
    /// <summary>The configuration key and environment variable of <see cref="Url"/>.</summary>
    public const string UrlKey = "ML_SERVICE_URL";

    /// <summary>The configuration key and environment variable of <see cref="Timeout"/>, in milliseconds.</summary>
    public const string TimeoutKey = "ML_SERVICE_TIMEOUT";

    /// <summary>The configuration key and environment variable of <see cref="ApiKey"/>.</summary>
    public const string ApiKeyKey = "COINSPHERE_API_KEY";

    /// <summary>The longest <see cref="Timeout"/>.</summary>
    public static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(1);

    /// <summary>The gateway's address, with or without a path. Over the bus it is not used.</summary>
    public Uri Url { get; set; } = new("http://localhost:8000");

    /// <summary>The key or token that the gateway wants, where it wants one. Over the bus it is not used.</summary>
    public string? ApiKey { get; set; }

    /// <summary>How long a call may take, a batch as a whole. It is also the deadline that is sent to the service.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}
