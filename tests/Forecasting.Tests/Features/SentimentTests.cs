using Coinsphere.Messaging.Forecasting.Features;
using Coinsphere.Messaging.Forecasting.Training;
using FsCheck;
using FsCheck.Fluent;

namespace Coinsphere.Messaging.Forecasting.Tests.Features;

public class SentimentTests
{
    private const int Bars = 40;

    private static readonly DateOnly LastDay = BarBuilder.FirstDay.AddDays(Bars - 1);

    [Fact]
    public void Row_HoldsTheDayBefore()
    {
        var table = FeatureEngineer.Compute(BarBuilder.WalkSeries(Bars), Daily(day => day));

        for (var row = 0; row < table.Rows; row++)
        {
            var before = table.Days.Span[row].DayNumber - BarBuilder.FirstDay.DayNumber - 1;
            Assert.Equal([before, before + 1, before + 2], table.Row(row)[FeatureColumn.SocialScore..].ToArray());
        }
    }

    [Fact]
    public void SentimentOfTheDayItselfAndLater_ReachesNoRow()
    {
        var series = BarBuilder.WalkSeries(Bars);
        var expected = FeatureEngineer.Compute(series, Daily(_ => 30)).Values.ToArray();
        var future = Gen.Choose(0, 100).ArrayOf(20).ToArbitrary();

        Prop.ForAll(future, scores =>
        {
            var later = Days(Bars - 1, _ => 30).Concat(scores.Select((score, i) => new Sentiment(LastDay.AddDays(i), score, score, score)));
            return FeatureEngineer.Compute(series, new("test", later.ToArray())).Values.ToArray().SequenceEqual(expected);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(7, true)]
    [InlineData(8, false)]
    public void OneDay_IsKnownForTheSevenAfterIt(int age, bool isKnown)
    {
        var sentiment = new SentimentSeries("test", new[] { new Sentiment(LastDay.AddDays(-age), 72, 61, 18) });

        var row = FeatureEngineer.Compute(BarBuilder.WalkSeries(Bars), sentiment).LastRow();

        Assert.Equal(isKnown ? [72, 61, 18] : [50, 50, 50], row[FeatureColumn.SocialScore..].ToArray());
        Assert.Equal(isKnown ? "test" : "neutral", sentiment.SourceOn(LastDay));
    }

    [Fact]
    public void MissingDays_TakeTheNewestBefore()
    {
        var sentiment = new SentimentSeries(
            "test",
            new[] { new Sentiment(LastDay.AddDays(-9), 1, 1, 1), new Sentiment(LastDay.AddDays(-4), 2, 2, 2), new Sentiment(LastDay, 3, 3, 3) });

        Assert.Equal([null, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3], Enumerable.Range(-9, 11).Select(day => sentiment.KnownOn(LastDay.AddDays(day))?.SocialScore));
    }

    [Fact]
    public void Neutral_KnowsNothing()
    {
        Assert.Null(SentimentSeries.Neutral.KnownOn(LastDay));
        Assert.Equal("neutral", SentimentSeries.Neutral.SourceOn(LastDay));
    }

    [Fact]
    public void History_HasTheFeaturesThatServingHas_AndADigestOfThem()
    {
        var (series, sentiment) = (BarBuilder.WalkSeries(Bars), Daily(day => day));

        var history = new LabelledHistory(series, sentiment);

        Assert.Equal(FeatureEngineer.Compute(series, sentiment).Values.ToArray(), history.Features.Values.ToArray());
        Assert.NotEqual(new LabelledHistory(series).DigestUpTo(LastDay), history.DigestUpTo(LastDay));
        Assert.NotEqual(new LabelledHistory(series, Daily(day => day + 1)).DigestUpTo(LastDay), history.DigestUpTo(LastDay));
        // The last bar's own day is no data of it.
        Assert.Equal(new LabelledHistory(series, new("test", Days(Bars - 1, day => day).ToArray())).DigestUpTo(LastDay), history.DigestUpTo(LastDay));
    }

    private static SentimentSeries Daily(Func<int, double> score) => new("test", Days(Bars, score).ToArray());

    private static IEnumerable<Sentiment> Days(int count, Func<int, double> score) =>
        Enumerable.Range(0, count).Select(day => new Sentiment(BarBuilder.FirstDay.AddDays(day), score(day), score(day) + 1, score(day) + 2));
}
