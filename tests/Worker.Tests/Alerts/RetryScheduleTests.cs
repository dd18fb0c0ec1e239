using Coinsphere.Messaging.Worker.Alerts;

namespace Coinsphere.Messaging.Worker.Tests.Alerts;

public class RetryScheduleTests
{
    private static readonly DateTimeOffset Noon = RuleFacts.Noon;

    [Theory]
    [InlineData(1, 5)]
    [InlineData(2, 20)]
    [InlineData(3, 80)]
    [InlineData(7, 14_400)]
    [InlineData(60, 14_400)]
    public void Pause_GrowsFourfoldUpToFourHours_GiveOrTakeAFifth(int tries, double seconds)
    {
        Assert.Equal(Noon.AddSeconds(seconds), RetrySchedule.Next(tries, Noon, Noon, null, 0.5));
        Assert.Equal(Noon.AddSeconds(seconds * 0.8), RetrySchedule.Next(tries, Noon, Noon, null, 0));
        Assert.Equal(Noon.AddSeconds(seconds * 1.2), RetrySchedule.Next(tries, Noon, Noon, null, 1));
    }

    [Fact]
    public void WhatTheReceiverAsksFor_CountsWhereItIsLater_UpToTheEndOfTheDay()
    {
        Assert.Equal(Noon.AddMinutes(2), RetrySchedule.Next(1, Noon, Noon, TimeSpan.FromMinutes(2), 0.5));
        Assert.Equal(Noon.AddSeconds(80), RetrySchedule.Next(3, Noon, Noon, TimeSpan.FromSeconds(1), 0.5));
        Assert.Equal(Noon.AddDays(1), RetrySchedule.Next(1, Noon, Noon.AddHours(1), TimeSpan.FromDays(3650), 0.5));
        Assert.Equal(Noon.AddSeconds(5), RetrySchedule.Next(1, Noon, Noon, TimeSpan.FromSeconds(-9), 0.5));
    }

    [Fact]
    public void AfterADay_NoTryFollows()
    {
        var (tries, now) = (0, Noon);
        while (RetrySchedule.Next(++tries, Noon, now, null, 0.5) is { } next)
        {
            Assert.True(next > now);
            now = next;
        }

        Assert.Equal((12, 21.9), (tries, Math.Round((now - Noon).TotalHours, 1)));
    }
}
