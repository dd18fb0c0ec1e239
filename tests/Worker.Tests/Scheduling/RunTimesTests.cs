using System.Globalization;
using Coinsphere.Messaging.Worker.Scheduling;
using FsCheck;
using FsCheck.Fluent;

namespace Coinsphere.Messaging.Worker.Tests.Scheduling;

public sealed class RunTimesTests
{
    [Theory]
    [InlineData("06:00:00", "2026-03-10T12:34:56Z", "2026-03-10T12:00:00Z", "2026-03-10T18:00:00Z")]
    [InlineData("06:00:00", "2026-03-10T18:00:00Z", "2026-03-10T18:00:00Z", "2026-03-11T00:00:00Z")]
    [InlineData("06:00:00", "2028-02-29T23:59:59Z", "2028-02-29T18:00:00Z", "2028-03-01T00:00:00Z")]
    // Summer time begins in Europe on this day.
    [InlineData("06:00:00", "2026-03-29T01:30:00Z", "2026-03-29T00:00:00Z", "2026-03-29T06:00:00Z")]
    // It does not divide a day.
    [InlineData("05:00:00", "2026-03-10T21:00:00Z", "2026-03-10T20:00:00Z", "2026-03-11T00:00:00Z")]
    [InlineData("1.00:00:00", "2026-03-10T21:00:00Z", "2026-03-10T00:00:00Z", "2026-03-11T00:00:00Z")]
    public void Interval_CountsFromMidnight(string every, string now, string last, string next) =>
        AssertTimes(new() { Every = TimeSpan.Parse(every, CultureInfo.InvariantCulture) }, now, last, next);

    [Theory]
    [InlineData("0 */6 * * *", "2026-03-10T12:34:56Z", "2026-03-10T12:00:00Z", "2026-03-10T18:00:00Z")]
    [InlineData("30 2 29 2 *", "2027-06-01T00:00:00Z", "2024-02-29T02:30:00Z", "2028-02-29T02:30:00Z")]
    [InlineData("30 2 29 2 *", "2103-06-01T00:00:00Z", "2096-02-29T02:30:00Z", "2104-02-29T02:30:00Z")]
    [InlineData("* * * * *", "2026-03-10T12:34:56Z", "2026-03-10T12:34:00Z", "2026-03-10T12:35:00Z")]
    [InlineData("0 7 * * MON", "2026-03-10T12:34:56Z", "2026-03-09T07:00:00Z", "2026-03-16T07:00:00Z")]
    public void Cron_IsInUtc_AndComesBeforeTheInterval(string cron, string now, string last, string next) =>
        AssertTimes(new() { Cron = cron }, now, last, next);

    [Theory]
    [InlineData(null)]
    [InlineData("0")]
    public void NoInterval_SchedulesNothing(string? every) =>
        Assert.Null(RunTimes.Of(new() { Every = every is null ? null : TimeSpan.Parse(every, CultureInfo.InvariantCulture), Cron = " " }));

    [Fact]
    public void TimesOfAnyInterval_FollowEachOther() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(2_000), Prop.ForAll(
        Gen.Choose(1, 1440).Zip(Gen.Choose(0, int.MaxValue)).ToArbitrary(),
        drawn =>
        {
            var times = RunTimes.Of(new() { Every = TimeSpan.FromMinutes(drawn.Item1) })!;
            var now = DateTimeOffset.UnixEpoch.AddSeconds(drawn.Item2);
            var (last, next) = (times.UpTo(now)!.Value, times.After(now)!.Value);
            return last <= now && now < next && times.After(last) == next && times.UpTo(next) == next && times.UpTo(next.AddTicks(-1)) == last;
        }));

    private static void AssertTimes(ScheduleOptions options, string now, string last, string next)
    {
        var times = RunTimes.Of(options)!;
        Assert.Equal((Instant(last), Instant(next)), (times.UpTo(Instant(now)), times.After(Instant(now))));
    }

    private static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
