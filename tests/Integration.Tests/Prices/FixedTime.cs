using System.Globalization;

namespace Coinsphere.Messaging.Integration.Tests.Prices;

/// <summary>A clock that stands where it is put.</summary>
internal sealed class FixedTime(string now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = DateTimeOffset.Parse(now, CultureInfo.InvariantCulture);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Now;

    public override long GetTimestamp() => Now.UtcTicks;
}
