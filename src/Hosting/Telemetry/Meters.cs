using System.Diagnostics.Metrics;
using System.Text.Json;
using Coinsphere.Messaging.Contracts;

namespace Coinsphere.Messaging.Hosting;

/// <summary>What is counted, under the meter <see cref="Name"/>.</summary>
public static class Meters
{
    /// <summary>The meter's name.</summary>
    public const string Name = "Coinsphere.Messaging";

    private static readonly Meter Meter = new(Name);

    private static readonly Counter<long> ExpiredRequests = Meter.CreateCounter<long>(
        "coinsphere.requests.expired", "{request}", "Requests dropped because nobody waited for them any more.");

    private static readonly Counter<long> RefusedRequests = Meter.CreateCounter<long>(
        "coinsphere.requests.refused", "{request}", "Requests that got no answer, by reason.");

    private static readonly Counter<long> ForgedAddresses = Meter.CreateCounter<long>(
        "coinsphere.messages.forged_address", "{message}", "Messages dropped because their reply was to go where no reply goes.");

    private static readonly Counter<long> LostEvents = Meter.CreateCounter<long>(
        "coinsphere.events.lost", "{event}", "Events of interactive answers that the broker did not take.");

    /// <summary>A request got no answer.</summary>
    public static void Refused(RefusalReason reason)
    {
        RefusedRequests.Add(1, new KeyValuePair<string, object?>("reason", JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString())));
        if (reason == RefusalReason.DeadlineExceeded)
            ExpiredRequests.Add(1);
    }

    /// <summary>A message asked for a reply where no reply goes.</summary>
    public static void ForgedAddress(string kind) => ForgedAddresses.Add(1, new KeyValuePair<string, object?>("kind", kind));

    /// <summary>An event of an interactive answer was lost.</summary>
    public static void EventLost() => LostEvents.Add(1);
}
