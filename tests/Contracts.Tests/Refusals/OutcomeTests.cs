namespace Coinsphere.Messaging.Contracts.Tests.Refusals;

public class OutcomeTests
{
    [Fact]
    public void Answer_IsNoRefusal()
    {
        Result<string> result = "answer";
        Assert.False(result.IsRefused);
        Assert.Equal("answer", result.Answer);
        Assert.Null(result.Refusal);
    }

    [Fact]
    public void Refusal_IsNoAnswer()
    {
        var refusal = new RequestRefused(RefusalReason.Overloaded, "too much");
        Result<string> result = refusal;
        Assert.True(result.IsRefused);
        Assert.Null(result.Answer);
        Assert.Same(refusal, result.Refusal);
    }

    [Fact]
    public void Neither_IsNoOutcome()
    {
        Assert.Throws<ArgumentNullException>(() => (Result<string>)(string)null!);
        Assert.Throws<ArgumentNullException>(() => (Result<string>)(RequestRefused)null!);
    }
}
