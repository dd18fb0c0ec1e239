using Coinsphere.Messaging.Contracts;
using Coinsphere.Messaging.Hosting.Caching;
using Coinsphere.Messaging.Worker.Consumers;
using Coinsphere.Messaging.Worker.Serving;

namespace Coinsphere.Messaging.Worker.Tests.Consumers;

public class QuestionTests
{
    private static readonly DateTimeOffset Evening = new(2025, 10, 12, 23, 58, 0, TimeSpan.Zero);
    private static readonly TimeSpan Past = TimeSpan.FromMinutes(2);
    private static readonly DateTimeOffset Midnight = new(2025, 10, 13, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void AnswerOfNow_EndsWhenTheNextBarCanBeThere() => Assert.Equal(Midnight, Question(null).EndsAt(Evening, Past));

    [Fact]
    public void AnswerOfToday_EndsWhenTheDaysBarCanBeThere() => Assert.Equal(Midnight, Question(new DateOnly(2025, 10, 12)).EndsAt(Evening, Past));

    [Fact]
    public void AnswerOfAPastDay_LivesShortly() => Assert.Equal(Evening.AddMinutes(2), Question(new DateOnly(2025, 10, 11)).EndsAt(Evening, Past));

    [Fact]
    public void AnswerOfAPastDay_LivesNoLongerThanOthers() =>
        Assert.Equal(Evening.AddMinutes(5), Question(new DateOnly(2025, 10, 11)).EndsAt(Evening, TimeSpan.FromHours(1)));

    [Fact]
    public void AnswerOfTheAfternoon_LivesForItsLifetime() =>
        Assert.Equal(Evening.AddHours(-1).AddMinutes(5), Question(null).EndsAt(Evening.AddHours(-1), Past));

    private static Question<RiskAnswer> Question(DateOnly? asOf) =>
        new(CacheKey.Of(new RiskQuery("BTC", asOf)), asOf, Deadline.None, TimeSpan.FromMinutes(5), ContractsJson.Body.RiskAnswer, Completed: null)
        {
            IsAwaited = true,
        };
}
