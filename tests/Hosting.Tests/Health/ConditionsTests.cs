using Coinsphere.Messaging.Hosting.Health;
using Microsoft.Extensions.Time.Testing;

namespace Coinsphere.Messaging.Hosting.Tests.Health;

public sealed class ConditionsTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ListLogger<Conditions> _log = new();
    private readonly Conditions _conditions;

    public ConditionsTests() => _conditions = new Conditions(_time, _log);

    public void Dispose() => _conditions.Dispose();

    [Fact]
    public void ReasonsAndNotes_AreApartAndNamed()
    {
        _conditions.Reason("broker", "does not answer");
        _conditions.Note("database", "is read-only");
        _conditions.Note("clock", "is 2 s ahead");

        Assert.Equal(["broker: does not answer"], _conditions.Reasons);
        Assert.Equal(["clock: is 2 s ahead", "database: is read-only"], _conditions.Notes);
    }

    [Fact]
    public void Condition_IsSaidWhenItBeginsOnceAMinuteAndWhenItIsOver()
    {
        for (var second = 0; second < 150; second++)
        {
            _conditions.Reason("broker", "does not answer");
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        _conditions.Clear("broker");
        _conditions.Clear("broker");
        _time.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(
            ["broker: does not answer", "broker, for 00:01:00 now: does not answer", "broker, for 00:02:00 now: does not answer",
                "broker has recovered after 00:02:30"],
            _log.Lines());
        Assert.Empty(_conditions.Reasons);
    }

    [Fact]
    public void TextThatChanges_IsToldByTheNextReminder()
    {
        _conditions.Note("feed", "is 2 days behind");
        _conditions.Note("feed", "is 3 days behind");
        Assert.Equal(["feed: is 3 days behind"], _conditions.Notes);

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["feed: is 2 days behind", "feed, for 00:01:00 now: is 3 days behind"], _log.Lines());
    }

    [Fact]
    public void NoteThatBecomesAReason_IsSaidAtOnceAndOnlyThatStays()
    {
        _conditions.Note("database", "writes fail");
        _conditions.Reason("database", "does not answer");

        Assert.Equal((1, 0), (_conditions.Reasons.Count, _conditions.Notes.Count));
        Assert.Equal(["database: writes fail", "database: does not answer"], _log.Lines());
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(3, _log.Entries.Count);
    }

    [Fact]
    public void Changes_AreToldAndSamenessIsNot()
    {
        var changes = 0;
        _conditions.Changed += () => changes++;

        _conditions.Note("a", "is wrong");
        _conditions.Note("a", "is wrong");
        _conditions.Note("a", "is more wrong");
        _conditions.Clear("a");
        _conditions.Clear("a");

        Assert.Equal(3, changes);
    }
}
