using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;

namespace Coinsphere.Messaging.Contracts.Tests.Json;

public partial class PlainNumberTests
{
    // Every finite double is as likely as any other: most of them need an exponent elsewhere.
    private static readonly Gen<double> Doubles = Gen.OneOf(
        from high in Gen.Choose(int.MinValue, int.MaxValue)
        from low in Gen.Choose(int.MinValue, int.MaxValue)
        let value = BitConverter.Int64BitsToDouble(((long)high << 32) | (uint)low)
        where double.IsFinite(value)
        select value,
        from digits in Gen.Choose(-99_999_999, 99_999_999)
        from exponent in Gen.Choose(-20, 20)
        select digits * Math.Pow(10, exponent));

    [Theory]
    [InlineData(0, "0", "0")]
    [InlineData(1, "1", "1.00")]
    [InlineData(-1.5, "-1.5", "-1.50")]
    [InlineData(0.68, "0.68", "0.68")]
    [InlineData(0.5, "0.5", "0.5")]
    [InlineData(47500, "47500", "47500.00")]
    [InlineData(45125.25, "45125.25", "45125.25")]
    [InlineData(1.234567, "1.234567", "1.234567")]
    [InlineData(1e-5, "0.00001", "0.00001")]
    [InlineData(0.00001234, "0.00001234", "0.00001234")]
    [InlineData(-1.25e-7, "-0.000000125", "-0.000000125")]
    [InlineData(1e15, "1000000000000000", "1000000000000000.00")]
    [InlineData(1.5e15, "1500000000000000", "1500000000000000.00")]
    [InlineData(9007199254740991, "9007199254740991", "9007199254740991.00")]
    [InlineData(2.5446514e20, "254465140000000000000", "254465140000000000000")]
    public void Number_IsWrittenWithoutExponent(double value, string number, string price)
    {
        Assert.Equal($$"""{"n":{{number}},"p":{{price}}}""", JsonSerializer.Serialize(new Numbers(value, value)));
    }

    [Fact]
    public void AnyNumber_IsPlainAndReadsBackAsItself() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(5_000),
        Prop.ForAll(Arb.From(Doubles), value =>
        {
            using var json = JsonDocument.Parse(JsonSerializer.Serialize(new Numbers(value, value)));
            foreach (var member in json.RootElement.EnumerateObject())
            {
                var text = member.Value.GetRawText();
                Assert.Matches(Plain(), text);
                Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitConverter.DoubleToInt64Bits(double.Parse(text, CultureInfo.InvariantCulture)));
            }

            return JsonSerializer.Deserialize<Numbers>(json) == new Numbers(value, value);
        }));

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    public void NumberThatJsonHasNot_IsRefused(double value) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Serialize(new Numbers(value, 1)));

    [Theory]
    [InlineData("\"1\"")]
    [InlineData("null")]
    [InlineData("{}")]
    public void WhatIsNoNumber_IsRefused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Numbers>($$"""{"n":{{json}},"p":1}"""));

    [Theory]
    [InlineData("1.2E-05")]
    [InlineData("0.000012")]
    [InlineData("12e-6")]
    public void NumberInAnyNotation_IsRead(string json) =>
        Assert.Equal(new Numbers(0.000012, 1), JsonSerializer.Deserialize<Numbers>($$"""{"n":{{json}},"p":1}"""));

    [Fact]
    public void NumbersOfAList_ArePlain()
    {
        const string Json = """{"l":[0.000012,1000000000000000000000,0.5,0]}""";
        Assert.Equal(Json, JsonSerializer.Serialize(JsonSerializer.Deserialize<NumberList>(Json)));
        Assert.Equal("""{"l":[]}""", JsonSerializer.Serialize(new NumberList([])));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("{}")]
    [InlineData("[\"1\"]")]
    [InlineData("[[1]]")]
    [InlineData("[null]")]
    public void WhatIsNoListOfNumbers_IsRefused(string json) =>
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<NumberList>($$"""{"l":{{json}}}"""));

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?\z")]
    private static partial Regex Plain();

    private sealed record Numbers(
        [property: JsonPropertyName("n"), JsonConverter(typeof(PlainNumberConverter))] double N,
        [property: JsonPropertyName("p"), JsonConverter(typeof(PriceConverter))] double P);

    private sealed record NumberList([property: JsonPropertyName("l"), JsonConverter(typeof(PlainNumbersConverter))] IReadOnlyList<double> L);
}
