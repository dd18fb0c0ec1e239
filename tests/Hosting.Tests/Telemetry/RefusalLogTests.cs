using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Telemetry;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Coinsphere.Messaging.Hosting.Tests.Telemetry;

public sealed class RefusalLogTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ListLogger<RefusalLog> _log = new();
    private readonly RefusalLog _refusals;

    private string[] Told => _log.Lines(LogLevel.Information);

    public RefusalLogTests() => _refusals = new RefusalLog(_time, _log);

    public void Dispose() => _refusals.Dispose();

    [Fact]
    public void FewRefusals_AreToldOneByOneWithTheirRequest()
    {
        Refuse(RefusalReason.NoPrices, 2);
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(["Refused risk:BTC: no_prices, detail, request id-1", "Refused risk:BTC: no_prices, detail, request id-2"], Told);
    }

    [Fact]
    public void Flood_IsAFewLinesAndOneMoreAMinute()
    {
        Refuse(RefusalReason.Overloaded, 5_000);
        Refuse(RefusalReason.NoPrices, 7);
        Assert.Equal(10, Told.Length);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("Refused 4997 more requests within a minute: no_prices 2, overloaded 4995", Told[^1]);
        Refuse(RefusalReason.Overloaded, 5);
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(16, Told.Length);
        Assert.Equal(4_997, _log.Entries.Count(entry => entry.Level == LogLevel.Debug));
    }

    [Fact]
    public void End_TellsWhatIsUntold()
    {
        Refuse(RefusalReason.Overloaded, 8);
        _refusals.Dispose();
        Assert.Equal("Refused 3 more requests within a minute: overloaded 3", Told[^1]);
    }

    private void Refuse(RefusalReason reason, int times)
    {
        for (var i = 1; i <= times; i++)
        {
            _refusals.Refused("risk:BTC", new RequestRefused(reason, "detail"), $"id-{i}");
        }
    }
}
