using System.Globalization;
using Coinsphere.Messaging.Forecasting.Answers;
using FsCheck;
using FsCheck.Fluent;

namespace Coinsphere.Messaging.Forecasting.Tests.Answers;

public sealed class RoundingTests
{
    [Theory]
    [InlineData(47828.65843, 47828.66)]
    [InlineData(1, 1)]
    [InlineData(1.004, 1)]
    [InlineData(1.005, 1)] // the double is a little less
    [InlineData(2.675, 2.67)] // likewise
    [InlineData(1.125, 1.12)] // an exact tie, to even
    [InlineData(1.375, 1.38)]
    [InlineData(0.9999999, 1)]
    [InlineData(0.9999994, 0.999999)]
    [InlineData(0.99999949, 0.999999)]
    [InlineData(0.1, 0.1)]
    [InlineData(0.09999999, 0.1)]
    [InlineData(0.1234565, 0.123456)] // the double is a little less
    [InlineData(0.1015625, 0.101562)] // an exact tie, to even
    [InlineData(0.04287051627, 0.0428705)]
    [InlineData(0.00001234567, 0.0000123457)]
    [InlineData(1.234567e-20, 1.23457e-20)]
    [InlineData(9.999999e-9, 1e-8)]
    [InlineData(5e-324, 5e-324)]
    [InlineData(12345678901234.567, 12345678901234.57)]
    [InlineData(1.7e308, 1.7e308)]
    [InlineData(-0.00001234567, -0.0000123457)]
    public void Price_HasTwoDecimalsFromOneAndSixDigitsBelow(double value, double expected) => Assert.Equal(expected, Rounding.Price(value));

    [Fact]
    public void RoundedToNothing_IsNotMinusZero()
    {
        Assert.False(double.IsNegative(Rounding.Decimals(-0.001, 2)));
        Assert.False(double.IsNegative(Rounding.Decimals(-0.0, 2)));
        Assert.False(double.IsNegative(Rounding.Price(-0.0)));
    }

    [Theory]
    [InlineData(0.123456, 3, 0.123)]
    [InlineData(0.0005, 3, 0.001)] // the double is a little more
    [InlineData(0.5, 0, 0)]
    [InlineData(1.5, 0, 2)]
    [InlineData(2.5, 0, 2)]
    [InlineData(-2.5, 0, -2)]
    [InlineData(-1.005, 2, -1)]
    [InlineData(4503599627370495.5, 0, 4503599627370496)]
    [InlineData(double.PositiveInfinity, 2, double.PositiveInfinity)]
    public void Decimals_RoundTheExactValue(double value, int decimals, double expected) =>
        Assert.Equal(expected, Rounding.Decimals(value, decimals));

    [Fact]
    public void Text_KeepsTrailingZeros()
    {
        Assert.Equal("58.0", Rounding.Text(58, 1));
        Assert.Equal("62", Rounding.Text(62.5, 0));
        Assert.Equal("0.0", Rounding.Text(-0.01, 1));
    }

    [Fact]
    public void NotATie_AgreesWithTheExactDecimalExpansion() =>
        Prop.ForAll(Values(), Arb.From(Gen.Choose(0, 8)), (value, decimals) =>
        {
            // The runtime formats from exact digits and differs only on ties, which it takes away from zero.
            var expansion = value.ToString("F60", CultureInfo.InvariantCulture);
            var rest = expansion[(expansion.IndexOf('.', StringComparison.Ordinal) + 1 + decimals)..].TrimEnd('0');
            var formatted = value.ToString($"F{decimals}", CultureInfo.InvariantCulture);
            return rest == "5" || Rounding.Decimals(value, decimals) == double.Parse(formatted, CultureInfo.InvariantCulture);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Price_IsIdempotentAndWithinHalfAUnit() =>
        Prop.ForAll(Values(), value =>
        {
            var price = Rounding.Price(value);
            var unit = Math.Abs(value) >= 1 ? 0.01 : Math.Pow(10, Math.Floor(Math.Log10(Math.Abs(value))) - 5);
            return Rounding.Price(price) == price && Math.Abs(price - value) <= (unit / 2) + (1e-15 * Math.Abs(value));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void PriceBelowOne_PrintsAtMostSixDigits() =>
        Prop.ForAll(Values(), value =>
            Math.Abs(value) >= 1
            || Rounding.Price(value) == double.Parse(
                Rounding.Price(value).ToString("E5", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture)).QuickCheckThrowOnFailure();

    /// <summary>Values of every size from 1e-15 to 1e12, either sign, ties included.</summary>
    private static Arbitrary<double> Values() => Arb.From(
        from digits in Gen.Choose(1, 100_000_000)
        from divisor in Gen.Elements(1, 3, 128, 1e4, 1e8, 1e15)
        from factor in Gen.Elements(1, -1, 1e-8, 1e4)
        select digits / divisor * factor);
}
