using System.Text;
using System.Text.Json.Nodes;
using Coinsphere.Messaging.Forecasting.Volatility;
using FsCheck;
using FsCheck.Fluent;

namespace Coinsphere.Messaging.Forecasting.Tests.Volatility;

public sealed class VolatilityFileTests
{
    private static readonly byte[] Shipped = VolatilityFile.Write(VolatilityModel.Default);

    [Fact]
    public void WhatIsWritten_IsReadAgain()
    {
        var read = VolatilityFile.Read(Shipped, "volatility.json");

        Assert.Equal(VolatilityModel.Default.Digest, read.Digest);
        Assert.Equal(Shipped, VolatilityFile.Write(read));
        Assert.Equal("v2023.12.31", read.Version);
        Assert.Equal(15, read.Symbols.Count);
    }

    [Theory]
    [InlineData("format", "\"other\"", "format: 'other', expected 'coinsphere-volatility-1'")]
    [InlineData("format", null, "format: expected a text of at most 64 characters")]
    [InlineData("version", "\"a\\nb\"", "version: expected a text of at most 64 characters")]
    [InlineData("fitted_through", "\"31.12.2023\"", "fitted_through: '31.12.2023', expected a day as YYYY-MM-DD")]
    [InlineData("symbols", "7", "symbols: expected a list of at most 10000 texts")]
    [InlineData("garch", "[]", "garch: it is missing, expected an object")]
    [InlineData("garch.alpha", "-0.1", "garch.alpha: expected a number from 0 to 1")]
    [InlineData("garch.beta", "0.99", "garch: alpha + beta = 1.125, expected at most 0.999")]
    [InlineData("horizons.14d", null, "horizons.14d: it is missing, expected an object")]
    [InlineData("horizons.7d.har.day", "\"0.1\"", "horizons.7d.har.day: expected a number from -5 to 5")]
    [InlineData("horizons.30d.moves.ninety", "1e9", "horizons.30d.moves.ninety: expected a number from 0.01 to 10")]
    [InlineData("horizons.30d.moves.half", "1.9999", "horizons.30d.moves: half, eighty, ninety and tail, expected in ascending order")]
    [InlineData("percentiles", "[1, 2]", "percentiles: expected 101 numbers")]
    public void AFault_IsNamedWithItsPlace(string path, string? json, string expected)
    {
        var root = JsonNode.Parse(Shipped)!.AsObject();
        var names = path.Split('.');
        var parent = names[..^1].Aggregate(root, (node, name) => node[name]!.AsObject());
        parent.Remove(names[^1]);
        if (json is not null)
        {
            parent[names[^1]] = JsonNode.Parse(json);
        }

        var fault = Assert.Throws<VolatilityFileException>(() => VolatilityFile.Read(Encoding.UTF8.GetBytes(root.ToJsonString()), "volatility.json"));

        Assert.Equal("volatility.json: " + expected, fault.Message);
    }

    [Fact]
    public void HalfACharacter_IsRefused()
    {
        var content = Encoding.UTF8.GetString(Shipped).Replace("v2023.12.31", "\\ud800", StringComparison.Ordinal);

        var fault = Assert.Throws<VolatilityFileException>(() => VolatilityFile.Read(Encoding.UTF8.GetBytes(content), "volatility.json"));

        Assert.StartsWith("volatility.json: file: it is not JSON: ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void PercentilesInAnotherOrder_AreRefused()
    {
        var root = JsonNode.Parse(Shipped)!.AsObject();
        root["percentiles"]![50] = 0;

        var fault = Assert.Throws<VolatilityFileException>(() => VolatilityFile.Read(Encoding.UTF8.GetBytes(root.ToJsonString()), "volatility.json"));

        Assert.Equal("volatility.json: percentiles: number 50 is less than the one before, expected them in ascending order", fault.Message);
    }

    // Whatever the bytes are, they are read, or refused with their place.
    [Fact]
    public void ASpoiledFile_IsReadOrRefused() => Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(Spoilings, spoiling =>
    {
        var content = Shipped.ToArray();
        content[spoiling.At % content.Length] = spoiling.Value;
        try
        {
            var model = VolatilityFile.Read(content.AsSpan(0, Math.Min(content.Length, spoiling.Length)), "volatility.json");
            return model.Garch.Alpha + model.Garch.Beta < 1;
        }
        catch (VolatilityFileException fault)
        {
            return fault.Message.StartsWith("volatility.json: ", StringComparison.Ordinal);
        }
    }));

    private static Arbitrary<(int At, byte Value, int Length)> Spoilings =>
        (from at in Gen.Choose(0, Shipped.Length - 1)
         from value in Gen.OneOf(Gen.Choose(0, 255), Gen.Elements(new int[] { '"', '{', '}', '-', '9', 'e', ',' }))
         from length in Gen.OneOf(Gen.Constant(int.MaxValue), Gen.Choose(0, Shipped.Length))
         select (at, (byte)value, length)).ToArbitrary();
}
