using Coinsphere.Messaging.Hosting.Configuration;

namespace Coinsphere.Messaging.Hosting.Tests.Configuration;

public sealed class NearestWordTests
{
    private static readonly string[] Words = ["port", "train", "epochs", "test-days", "Prices:Folder"];

    [Theory]
    [InlineData("prot", "port")]
    [InlineData("trian", "train")]
    [InlineData("epoch", "epochs")]
    [InlineData("EPOCHS", "epochs")]
    [InlineData("test-dyas", "test-days")]
    [InlineData("Prices:Foldr", "Prices:Folder")]
    [InlineData("pool", null)]
    [InlineData("t", null)]
    [InlineData("", null)]
    public void MistypedWord_HasTheNearestOne(string word, string? expected) => Assert.Equal(expected, NearestWord.Of(word, Words));
}
