using Coinsphere.Messaging.Hosting.Logging;

namespace Coinsphere.Messaging.Hosting.Tests.Logging;

public sealed class ServerPathsTests
{
    [Theory]
    [InlineData("/srv/models/BTC_best.pth: data.pkl: found 3", "BTC_best.pth: data.pkl: found 3")]
    [InlineData("Could not find file '/srv/my prices/BTC.csv'.", "Could not find file 'BTC.csv'.")]
    [InlineData("Models:Folder '/srv/models/' cannot be read", "Models:Folder 'models' cannot be read")]
    [InlineData("of (/srv/a/b.csv, /srv/c/d.csv)", "of (b.csv, d.csv)")]
    public void AbsolutePath_IsItsLastName(string text, string expected) => Assert.Equal(expected, ServerPaths.Hide(text));

    [Theory]
    [InlineData("BTC/USD of models/checkpoints/BTC_best.pth")]
    [InlineData("expected https://example.com/hooks/one or amqp://user@host:5672/vhost")]
    [InlineData("open and/or close on 1/2/2024, see /docs")]
    [InlineData("")]
    public void OtherText_StaysAsItIs(string text) => Assert.Equal(text, ServerPaths.Hide(text));
}
