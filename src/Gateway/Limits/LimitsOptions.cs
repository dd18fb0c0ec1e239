using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Coinsphere.Messaging.Gateway.Limits;

/// <summary>Section <c>Limits</c>: what one caller may use. Work is counted as <see cref="Costs"/> has it.</summary>
internal sealed class LimitsOptions : IValidatableObject
{
    public const string Section = "Limits";

    /// <summary>The work that a caller may have done per second; 0: any.</summary>
    [Range(0, 1_000_000_000)]
    public int PerSecond { get; set; } = 5_000;

    /// <summary>The work that a caller may have done at once, after a pause.</summary>
    [Range(1, 1_000_000_000)]
    public int Burst { get; set; } = 50_000;

    /// <summary>Whether callers on the gateway's own machine have a rate, too. They have equal shares of what waits in any case.</summary>
    public bool Loopback { get; set; }

    /// <summary>Comma-separated addresses and networks of proxies, whose <c>X-Forwarded-For</c> names the caller. None by default.</summary>
    public string TrustedProxies { get; set; } = "";

    /// <summary>The trusted proxies as networks.</summary>
    internal IReadOnlyList<IPNetwork> Proxies => [.. Parts.Select(Network).OfType<IPNetwork>()];

    private string[] Parts => TrustedProxies.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Parts.FirstOrDefault(part => Network(part) is null) is { } wrong)
        {
            yield return new(
                $"'{wrong}' is not an address or a network, expected some such as 10.0.0.7 or 10.0.0.0/24, separated by commas", [nameof(TrustedProxies)]);
        }
    }

    private static IPNetwork? Network(string text)
    {
        if (IPNetwork.TryParse(text, out var network))
        {
            return network;
        }

        return IPAddress.TryParse(text, out var address) ? new IPNetwork(address, 8 * address.GetAddressBytes().Length) : null;
    }
}
