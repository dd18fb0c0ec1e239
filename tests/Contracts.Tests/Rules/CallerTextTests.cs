namespace Coinsphere.Messaging.Contracts.Tests.Rules;

public sealed class CallerTextTests
{
    [Theory]
    [InlineData("BTC", "BTC")]
    [InlineData("", "")]
    [InlineData("a\r\nb\t\u001b\u2028d", "a??b???d")]
    [InlineData("0123456789", "0123456789")]
    [InlineData("0123456789x", "0123456789...")]
    public void Text_IsShownBoundedAndInOneLine(string text, string shown)
    {
        Assert.Equal(shown, CallerText.Shown(text, most: 10));
        Assert.Equal($"'{shown}'", CallerText.Quoted(text, most: 10));
    }

    [Fact]
    public void Null_HasNoQuotes() => Assert.Equal("null", CallerText.Quoted(null));
}
