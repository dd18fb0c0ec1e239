namespace Coinsphere.Messaging.Dashboard.Tests;

public class FormatTests
{
    [Theory]
    [InlineData(null, "–")]
    [InlineData(93429.2, "93,429")]
    [InlineData(3332.531, "3,332.53")]
    [InlineData(1.0, "1.00")]
    [InlineData(0.31571, "0.3157")]
    [InlineData(0.0000123, "0.000012")]
    public void Price_HasTheDecimalsThatItNeeds(double? price, string shown) => Assert.Equal(shown, Format.Price(price));

    [Theory]
    [InlineData(0.0123, "+1.2 %")]
    [InlineData(-0.0123, "−1.2 %")]
    [InlineData(null, "–")]
    public void Change_HasItsSign(double? change, string shown) => Assert.Equal(shown, Format.Change(change));
}
