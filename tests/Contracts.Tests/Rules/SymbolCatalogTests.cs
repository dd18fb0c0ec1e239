using FsCheck;
using FsCheck.Fluent;

namespace Coinsphere.Messaging.Contracts.Tests.Rules;

public class SymbolCatalogTests
{
    private static readonly SymbolCatalog Catalog = new(["btc", "MATIC", " ETH "], [new("pol", "matic"), new("POLYGON", "MATIC"), new("XBT", "BTC")]);

    [Theory]
    [InlineData("BTC", "BTC")]
    [InlineData("btc", "BTC")]
    [InlineData("  bTc ", "BTC")]
    [InlineData("pol", "MATIC")]
    [InlineData(" PolyGon", "MATIC")]
    [InlineData("xbt", "BTC")]
    [InlineData("1INCH", "1INCH")]
    [InlineData("A", "A")]
    [InlineData("ABCDEFGHIJKLMNO", "ABCDEFGHIJKLMNO")]
    public void Symbol_IsNormalised(string text, string expected)
    {
        Assert.True(Catalog.TryNormalise(text, out var canonical));
        Assert.Equal(expected, canonical);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("ABCDEFGHIJKLMNOP")]
    [InlineData("BT C")]
    [InlineData("BTC-USD")]
    [InlineData("BTC:7d")]
    [InlineData("BTC\n")]
    [InlineData("\tBTC")]
    [InlineData("ВТС")]
    [InlineData("ı")]
    [InlineData("٣")]
    [InlineData("../BTC")]
    public void TextThatIsNoSymbol_IsNotNormalised(string? text)
    {
        Assert.False(Catalog.TryNormalise(text, out var canonical));
        Assert.Null(canonical);
    }

    [Fact]
    public void Top50_IsTheListOfTheDocs()
    {
        Assert.Equal(50, SymbolCatalog.Top50.Count);
        Assert.Empty(SymbolCatalog.Default.Supported.Except(SymbolCatalog.Top50));
        Assert.Equal(SymbolCatalog.Top50, new SymbolCatalog(SymbolCatalog.Top50, [new("POL", "MATIC")]).Supported);
        var list = File.ReadLines(Path.Combine(Repository.Root, "docs", "configuration.md"))
            .SkipWhile(line => line != "## The symbols of top50").SkipWhile(line => line != "```").Skip(1).TakeWhile(line => line != "```");
        Assert.Equal(SymbolCatalog.Top50, list.SelectMany(line => line.Split(' ')));
    }

    [Fact]
    public void Expanded_EveryOtherTextStays() => Check.One(Config.QuickThrowOnFailure, Prop.ForAll<NonNull<string>[]>(drawn =>
    {
        var texts = drawn.Select(text => text.Get).ToArray();
        return SymbolCatalog.Expand(texts).SequenceEqual(texts)
            && SymbolCatalog.Expand([.. texts, "tOp50", .. texts]).SequenceEqual([.. texts, .. SymbolCatalog.Top50, .. texts]);
    }));

    [Fact]
    public void Supported_KeepsTheConfiguredOrderInUpperCase() => Assert.Equal(["BTC", "MATIC", "ETH"], Catalog.Supported);

    [Fact]
    public void SupportedAliasAndItsSymbol_CountOnce() =>
        Assert.Equal(["MATIC", "BTC"], new SymbolCatalog(["POL", "MATIC", "BTC", "btc"], [new("POL", "MATIC")]).Supported);

    [Fact]
    public void UnknownSymbol_IsASymbolButNotSupported()
    {
        Assert.True(Catalog.TryNormalise("sol", out var canonical));
        Assert.False(Catalog.IsSupported(canonical));
        Assert.True(Catalog.IsSupported("BTC"));
    }

    [Fact]
    public void NamesOf_StartWithTheCanonicalSymbol()
    {
        Assert.Equal(["MATIC", "POL", "POLYGON"], Catalog.NamesOf("MATIC"));
        Assert.Equal(["ETH"], Catalog.NamesOf("ETH"));
    }

    [Fact]
    public void Default_IsTheSpecifiedFifteenWithPolForMatic()
    {
        Assert.Equal(
            ["BTC", "ETH", "SOL", "BNB", "XRP", "ADA", "DOT", "MATIC", "AVAX", "DOGE", "LINK", "UNI", "ATOM", "LTC", "ETC"],
            SymbolCatalog.Default.Supported);
        Assert.True(SymbolCatalog.Default.TryNormalise("pol", out var canonical));
        Assert.Equal("MATIC", canonical);
    }

    [Fact]
    public void NothingSupported_IsRefused()
    {
        var wrong = Assert.Throws<ArgumentException>(() => new SymbolCatalog([], []));
        Assert.StartsWith("no symbol is supported: name at least one", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SupportedTextThatIsNoSymbol_IsRefusedByItsText()
    {
        var wrong = Assert.Throws<ArgumentException>(() => new SymbolCatalog(["BTC", "B-C"], []));
        Assert.StartsWith("'B-C' is not a symbol: expected 1 to 15 of A-Z and 0-9", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("P-L", "MATIC", "'P-L' is not a symbol")]
    [InlineData("POL", "", "'' is not a symbol")]
    public void AliasThatIsNoSymbol_IsRefusedByItsText(string alias, string symbol, string expected)
    {
        var wrong = Assert.Throws<ArgumentException>(() => new SymbolCatalog(["BTC"], [new(alias, symbol)]));
        Assert.StartsWith(expected, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AliasOfAnAlias_IsRefused()
    {
        var wrong = Assert.Throws<ArgumentException>(() => new SymbolCatalog(["BTC"], [new("A", "B"), new("B", "C")]));
        Assert.StartsWith("alias 'A' leads to 'B', which is an alias itself", wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AliasNamedTwice_IsRefused() =>
        Assert.Throws<ArgumentException>(() => new SymbolCatalog(["BTC"], [new("POL", "MATIC"), new("pol", "BTC")]));
}
