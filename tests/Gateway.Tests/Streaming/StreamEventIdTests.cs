using Coinsphere.Messaging.Gateway.Streaming;
using FsCheck;
using FsCheck.Fluent;

namespace Coinsphere.Messaging.Gateway.Tests.Streaming;

public sealed class StreamEventIdTests
{
    [Fact]
    public void Id_IsReadAsItIsWritten() => Prop.ForAll<NonNegativeInt, byte[]>((offset, content) =>
    {
        var id = StreamEventId.Of(offset.Get * 1_000_003L, content);
        return StreamEventId.TryParse(id.ToString(), out var read) && read == id;
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void AnyText_IsReadOnlyWhereItIsWrittenSo() => Prop.ForAll<string>(text =>
        !StreamEventId.TryParse(text, out var read) || read.ToString() == text).QuickCheckThrowOnFailure();

    [Fact]
    public void MutatedId_IsAnotherOrNone() => Prop.ForAll<byte, char>((place, letter) =>
    {
        var text = StreamEventId.Of(1234, "content"u8).ToString();
        var mutated = text.ToCharArray();
        mutated[place % text.Length] = letter;
        return !StreamEventId.TryParse(mutated, out var read) || read.ToString() == new string(mutated);
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("5")]
    [InlineData("5-")]
    [InlineData("-1-9f86d0818850")]
    [InlineData("05-9f86d0818850")]
    [InlineData("5-9F86D0818850")]
    [InlineData("5-9f86d081885")]
    [InlineData("5-9f86d08188500")]
    [InlineData("99999999999999999999-9f86d0818850")]
    [InlineData(" 5-9f86d0818850")]
    [InlineData("5-9f86d0818850\n")]
    [InlineData("5\0-9f86d0818850")]
    public void OtherText_IsNoId(string text) => Assert.False(StreamEventId.TryParse(text, out _));
}
