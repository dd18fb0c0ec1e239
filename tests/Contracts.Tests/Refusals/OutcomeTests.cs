namespace Coinsphere.Messaging.Contracts.Tests.Refusals;

public class OutcomeTests
{
    [Fact]
    public void Answer_IsNoRefusal()
    {
        Outcome<string> outcome = "answer";
        Assert.False(outcome.IsRefused);
        Assert.Equal("answer", outcome.Answer);
        Assert.Null(outcome.Refusal);
    }

    [Fact]
    public void Refusal_IsNoAnswer()
    {
        var refusal = new RequestRefused(RefusalReason.Overloaded, "too much");
        Outcome<string> outcome = refusal;
        Assert.True(outcome.IsRefused);
        Assert.Null(outcome.Answer);
        Assert.Same(refusal, outcome.Refusal);
    }

    [Fact]
    public void Neither_IsNoOutcome()
    {
        Assert.Throws<ArgumentNullException>(() => (Outcome<string>)(string)null!);
        Assert.Throws<ArgumentNullException>(() => (Outcome<string>)(RequestRefused)null!);
    }
}
