using System.Text.Json.Serialization;

namespace Coinsphere.Messaging.Client;

/// <summary>Whether the service can answer.</summary>
/// <param name="Status"><c>ready</c> or <c>not_ready</c>.</param>
/// <param name="Reasons">Why nothing can be answered; empty where the service is ready.</param>
/// <param name="Notes">What is wrong although requests are answered.</param>
public sealed record ServiceReadiness(
    [property: JsonPropertyName("status")] string Status,
    [property: JsonPropertyName("reasons")] IReadOnlyList<string> Reasons,
    [property: JsonPropertyName("notes")] IReadOnlyList<string> Notes)
{
    internal const string Ready = "ready";
    internal const string NotReady = "not_ready";

    /// <summary>Whether requests can be answered.</summary>
    [JsonIgnore]
    public bool IsReady => Status == Ready;
}
