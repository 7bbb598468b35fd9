/** An invented week: the same appointments on the same weekdays, always in the current week. */
const appointments = [
  [
    ['09:30', 'Weekly planning'],
    ['14:00', 'Dentist'],
  ],
  [['12:30', 'Lunch with Mira']],
  [
    ['10:00', 'Review: autumn catalogue'],
    ['18:30', 'Choir'],
  ],
  [],
  [
    ['09:00', 'Print proofs arrive'],
    ['16:00', 'Week in review'],
  ],
  [['11:00', 'Market']],
  [['15:00', 'Walk by the lake']],
];

const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'long' });
const dayOfMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' });

/** Monday to Sunday of the week of `today`. */
export function weekOf(today) {
  const monday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - ((today.getDay() + 6) % 7));
  return appointments.map((events, index) => {
    const date = new Date(monday.getFullYear(), monday.getMonth(), monday.getDate() + index);
    return {
      name: weekday.format(date),
      date: dayOfMonth.format(date),
      isToday: date.toDateString() === today.toDateString(),
      events,
    };
  });
}
